import type { StoryEvent } from "../../lib/shapes";
import { many } from "../ui/amount";

/** What an event of an incident says, after who it was: "rotated STRIPE_KEY to v4". */
export function storyWords(event: StoryEvent): string {
  if (event.outcome !== "ok") {
    return `tried to ${attemptOf(event)}, which ${event.outcome === "denied" ? "was refused" : "failed"} (${event.code})`;
  }
  const { action, target, code } = event;
  switch (action) {
    case "incidents.open":
      return `opened an incident for ${target}`;
    case "incidents.look":
      return `looked who read ${target}`;
    case "incidents.write":
      return "wrote";
    case "incidents.close":
      return "closed the incident";
    case "secrets.rotate":
      return `rotated ${target} to ${versionsOf(event)}`;
    case "secrets.destroy":
      return `destroyed ${versionsOf(event)} of ${target}`;
    case "tokens.revoke":
      return `ended ${many(Number(code.replace("ended ", "")), "token")} of ${target}`;
    case "services.update":
      return `disabled ${target}`;
    default:
      return `${action} ${target}`;
  }
}

const ATTEMPTS: Record<string, string> = {
  "incidents.look": "look who read it",
  "incidents.write": "write an entry",
  "incidents.close": "close the incident",
  "secrets.rotate": "rotate it",
  "secrets.destroy": "destroy a version",
  "tokens.revoke": "end a service's tokens",
  "services.update": "disable a service",
};

function attemptOf({ action }: StoryEvent): string {
  return ATTEMPTS[action] ?? action;
}

function versionsOf({ versions }: StoryEvent): string {
  return versions.map((version) => `v${String(version)}`).join(", ");
}

/** The events as they are told: of those who look again and again, the first time. The record has each. */
export function toldEvents(events: readonly StoryEvent[]): StoryEvent[] {
  const looked = new Set<string>();
  return events.filter(({ action, outcome, by }) => {
    if (action !== "incidents.look" || outcome !== "ok") return true;
    const isFirst = !looked.has(by);
    looked.add(by);
    return isFirst;
  });
}
