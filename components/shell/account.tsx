"use client";

import {
  CircleUser,
  FlaskConical,
  Keyboard,
  LogOut,
  ScrollText,
  Settings,
  UserCog,
  Users,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, type ComponentProps } from "react";
import type { Theme } from "../../app/console";
import type { UserInfo } from "../../lib/shapes";
import { signOut } from "../auth/session";
import { Menu, MenuChoices, MenuItem, MenuLabel, MenuLine } from "../ui/menu";
import { useToaster } from "../ui/toasts";
import { KeysHelp } from "./keys-help";
import { useKeys } from "./use-keys";

const THEMES = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

interface AccountProps {
  person: Pick<UserInfo, "name" | "email" | "role">;
  /** The address of the playground, for who may open it. */
  playground: string | null;
  showAudit: boolean;
  showPeople: boolean;
  showSettings: boolean;
  theme: Theme;
}

/** The person who is signed in: theme, keys, sign out. */
export function Account(props: AccountProps) {
  const { person, playground, showAudit, showPeople, showSettings } = props;
  const [theme, setTheme] = useState(props.theme);
  const [helping, setHelping] = useState(false);
  const router = useRouter();
  const toaster = useToaster();
  useKeys({ "?": () => setHelping(true) });

  function choose(next: Theme) {
    setTheme(next);
    keepTheme(next);
  }

  async function leave() {
    try {
      await signOut();
      window.location.assign("/sign-in");
    } catch {
      toaster.trouble("You are still signed in: Coffer did not answer. Try again.");
    }
  }

  return (
    <>
      <Menu trigger={<AccountButton person={person} />} label="Account" align="start">
        <MenuLabel>
          <span className="block max-w-56 truncate">{person.email}</span>
        </MenuLabel>
        <MenuLine />
        <MenuLabel>Theme</MenuLabel>
        <MenuChoices label="Theme" value={theme} options={THEMES} onChoose={choose} />
        <MenuLine />
        <MenuItem icon={<UserCog aria-hidden size={16} />} onChoose={() => router.push("/account")}>
          Your account
        </MenuItem>
        {playground === null ? null : (
          <MenuItem
            icon={<FlaskConical aria-hidden size={16} />}
            onChoose={() => router.push(playground)}
          >
            Playground
          </MenuItem>
        )}
        {showAudit ? (
          <MenuItem
            icon={<ScrollText aria-hidden size={16} />}
            onChoose={() => router.push("/audit")}
          >
            Audit
          </MenuItem>
        ) : null}
        {showPeople ? (
          <MenuItem icon={<Users aria-hidden size={16} />} onChoose={() => router.push("/people")}>
            People
          </MenuItem>
        ) : null}
        {showSettings ? (
          <MenuItem
            icon={<Settings aria-hidden size={16} />}
            onChoose={() => router.push("/settings")}
          >
            Settings
          </MenuItem>
        ) : null}
        <MenuItem
          icon={<Keyboard aria-hidden size={16} />}
          hotkey="?"
          onChoose={() => setHelping(true)}
        >
          Keys
        </MenuItem>
        <MenuItem icon={<LogOut aria-hidden size={16} />} onChoose={() => void leave()}>
          Sign out
        </MenuItem>
      </Menu>
      {helping ? <KeysHelp onClose={() => setHelping(false)} /> : null}
    </>
  );
}

function AccountButton({
  person,
  ...rest
}: ComponentProps<"button"> & Pick<AccountProps, "person">) {
  return (
    <button
      type="button"
      {...rest}
      className="flex h-8 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover rail:h-11"
    >
      <CircleUser aria-hidden size={18} className="shrink-0 text-muted" />
      <span className="sr-only">Account: </span>
      <span className="sr-only min-w-0 rail:not-sr-only">
        <span className="block truncate">{person.name}</span>{" "}
        <span className="block text-small text-muted">{person.role}</span>
      </span>
    </button>
  );
}

/** A cookie and not local storage, so that the server's first paint has the right theme. */
function keepTheme(theme: Theme) {
  document.documentElement.dataset["theme"] = theme;
  document.cookie = `coffer-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}
