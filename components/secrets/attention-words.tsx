import { AlarmClock, BellRing, CalendarClock, CalendarX2, EyeOff, KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { SOON_DAYS, UNREAD_DAYS, type Attention, type DatedAttention } from "../../lib/attention";
import type { SecretInfo } from "../../lib/shapes";

const SOON = `within ${String(SOON_DAYS)} days`;
const UNREAD = `${String(UNREAD_DAYS)} days`;

interface Words {
  /** In the menu of filters and on the filter's chip. */
  filter: string;
  /** After a number: "3 due for rotation soon". */
  counted: string;
  /** In place of a list that has none. */
  none: string;
  icon: ReactNode;
}

/** How each way in which a secret asks for attention is called. */
export const ATTENTION_WORDS: Readonly<Record<Attention, Words>> = {
  lost: {
    filter: "Lost with the key",
    counted: "lost with the key: rotate for a new value",
    none: "No value is lost with the key",
    icon: <KeyRound aria-hidden size={12} />,
  },
  expired: {
    filter: "Expired",
    counted: "expired",
    none: "Nothing has expired",
    icon: <CalendarX2 aria-hidden size={12} />,
  },
  overdue: {
    filter: "Overdue for rotation",
    counted: "overdue for rotation",
    none: "No rotation is overdue",
    icon: <AlarmClock aria-hidden size={12} />,
  },
  expiring: {
    filter: `Expires ${SOON}`,
    counted: "expiring soon",
    none: `Nothing expires ${SOON}`,
    icon: <CalendarClock aria-hidden size={12} />,
  },
  due: {
    filter: `Due for rotation ${SOON}`,
    counted: "due for rotation soon",
    none: `No rotation is due ${SOON}`,
    icon: <BellRing aria-hidden size={12} />,
  },
  unread: {
    filter: `Not read in ${UNREAD}`,
    counted: `not read in ${UNREAD}`,
    none: `Nothing that is older than ${UNREAD} went unread for so long`,
    icon: <EyeOff aria-hidden size={12} />,
  },
};

/** The chip of a secret that asks for attention by a date: its word, and what is said of the date before it. */
export const ATTENTION_CHIPS: Readonly<
  Record<
    DatedAttention,
    { tone: "danger" | "soon"; says: string; at: (secret: SecretInfo) => string }
  >
> = {
  expired: {
    ...{ tone: "danger", says: "does not resolve since" },
    at: ({ expiresAt }) => expiresAt ?? "",
  },
  overdue: {
    ...{ tone: "soon", says: "rotation was due" },
    at: ({ rotateDueAt }) => rotateDueAt ?? "",
  },
  expiring: {
    ...{ tone: "soon", says: "resolves until" },
    at: ({ expiresAt }) => expiresAt ?? "",
  },
  due: {
    ...{ tone: "soon", says: "rotation is due" },
    at: ({ rotateDueAt }) => rotateDueAt ?? "",
  },
};
