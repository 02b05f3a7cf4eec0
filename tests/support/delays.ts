import type { FeedState } from "./feed-phases";
import type { Follower } from "./follower";
import type { Rotated } from "./load";

/**
 * From the acknowledgement of each rotation until each follower was told of it or of a later one, in whole milliseconds, by the
 * state that the feed was in: of those whose connection stood all the time, and of the others, who had to connect again.
 */
export function delays(
  rotated: readonly Rotated[],
  followers: readonly Follower[],
  stateAt: (at: number) => FeedState,
) {
  const found = new Map<FeedState, { standing: number[]; reconnected: number[] }>();
  for (const { name, version, at } of rotated) {
    const state = stateAt(at);
    const lists = found.get(state) ?? { standing: [], reconnected: [] };
    found.set(state, lists);
    for (const { told } of followers) {
      const event = told.find((each) => each.name === name && each.version >= version);
      if (!event) continue;
      const list = event.since <= at ? lists.standing : lists.reconnected;
      list.push(Math.max(0, Math.round(event.at - at)));
    }
  }
  return Array.from(found, ([state, { standing, reconnected }]) => ({
    state,
    standing: summary(standing),
    reconnected: summary(reconnected),
  }));
}

function summary(list: number[]) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { count: sorted.length, median: at(0.5), p99: at(0.99), longest: at(1) };
}
