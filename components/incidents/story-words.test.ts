import { describe, expect, it } from "vitest";
import type { IncidentStory, StoryEvent } from "../../lib/shapes";
import { storyMarkdown } from "./story-markdown";
import { storyWords, toldEvents } from "./story-words";

function event(action: string, more: Partial<StoryEvent> = {}): StoryEvent {
  return {
    ...{ at: "2030-01-31T03:00:00.000Z", by: "ann@example.com", address: "192.0.2.1", action },
    ...{ target: "KEY", versions: [], outcome: "ok", code: "", text: null, isTextLost: false },
    ...more,
  };
}

describe("a story", () => {
  it.each<[StoryEvent, string]>([
    [event("incidents.open"), "opened an incident for KEY"],
    [event("secrets.rotate", { versions: [4] }), "rotated KEY to v4"],
    [event("secrets.destroy", { versions: [3] }), "destroyed v3 of KEY"],
    [event("tokens.revoke", { target: "shop", code: "ended 1" }), "ended 1 token of shop"],
    [event("tokens.revoke", { target: "shop", code: "ended 12" }), "ended 12 tokens of shop"],
    [event("services.update", { target: "shop", code: "disabled" }), "disabled shop"],
    [
      event("secrets.rotate", { outcome: "failed", code: "version_conflict" }),
      "tried to rotate it, which failed (version_conflict)",
    ],
    [event("something.new"), "something.new KEY"],
  ])("says in words what was done", (told, words) => {
    expect(storyWords(told)).toBe(words);
  });

  it("tells of the first look of each person, and of every step", () => {
    const look = event("incidents.look");
    const bob = event("incidents.look", { by: "bob@example.com" });
    const rotate = event("secrets.rotate");
    expect(toldEvents([look, look, rotate, look, bob, rotate, bob])).toEqual([
      ...[look, rotate, bob, rotate],
    ]);
  });

  it("as Markdown has each line of a text within its quotation, and says what was lost", () => {
    const story: IncidentStory = {
      ...{ id: "i", environment: "default", secret: "KEY", since: "2030-01-01T00:00:00.000Z" },
      ...{ openedAt: "2030-01-31T03:00:00.000Z", openedBy: "ann@example.com", more: false },
      ...{ closedAt: null, closedBy: null },
      events: [
        event("incidents.open", { text: "In a log.\n# Not a heading of ours" }),
        event("incidents.write", { isTextLost: true }),
      ],
    };
    const lines = storyMarkdown(story, null).split("\n");
    expect(lines.filter((line) => line.startsWith("#"))).toEqual([
      "# Incident: KEY in default",
      "## What was done",
    ]);
    expect(lines).toContain("  > # Not a heading of ours");
    expect(lines).toContain("  > _This text was changed or erased in the database._");
  });
});
