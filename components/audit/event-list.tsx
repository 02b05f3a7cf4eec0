"use client";

import { memo, useEffect, useRef } from "react";
import type { RecordEvent } from "../../lib/shapes";
import { useKeys } from "../shell/use-keys";
import { useRowKeys } from "../shell/use-row-keys";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Chip } from "../ui/chip";
import { Ago, TimeOfDay } from "../ui/clock";
import { Notice } from "../ui/notice";
import { actorWords, eventWords } from "./event-words";
import { keyOf, type Events } from "./use-events";

/** Above so many rows more come only by the button: a page has its limits, and the filters have none. */
const MOST_BY_SCROLLING = 5_000;

/** The events, one line of plain words each, and more of them on scrolling down. */
export function EventList({
  events,
  onOpen,
}: {
  events: Events;
  onOpen: (event: RecordEvent) => void;
}) {
  const { grid, focusRow, handlers } = useRowKeys(events.items.map(keyOf));
  useKeys({ ArrowDown: () => focusRow(0) });
  return (
    <>
      <div ref={grid} {...handlers}>
        <ol aria-label="Events" className="rounded-md border">
          {events.items.map((event) => (
            <EventRow key={keyOf(event)} event={event} onOpen={onOpen} />
          ))}
        </ol>
      </div>
      <More events={events} />
    </>
  );
}

/** Out of sight a row is neither laid out nor painted. */
const ROW =
  "[content-visibility:auto] [contain-intrinsic-size:auto_44px] border-b border-line last:border-b-0";

const EventRow = memo(function EventRow({
  event,
  onOpen,
}: {
  event: RecordEvent;
  onOpen: (event: RecordEvent) => void;
}) {
  return (
    <li className={ROW} data-name={keyOf(event)}>
      <button
        type="button"
        data-row-link
        onClick={() => onOpen(event)}
        className="flex min-h-11 w-full flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5 min-[640px]:py-1 text-left -outline-offset-2 hover:bg-hover"
      >
        <EventLine event={event} />
      </button>
    </li>
  );
});

/** One event in a line: when, who, what, from where. On a narrow screen what stands at the line's end is above its words. */
export function EventLine({ event }: { event: RecordEvent }) {
  const { at, address, environment, outcome } = event;
  return (
    <>
      <TimeOfDay
        at={at}
        className="flex min-h-5 min-w-16 flex-wrap items-baseline gap-x-1.5 min-[640px]:w-18 min-[640px]:flex-col min-[640px]:flex-nowrap"
      />
      <span className="order-last min-w-0 flex-1 basis-full [overflow-wrap:anywhere] min-[640px]:order-none min-[640px]:basis-60">
        <span className="font-strong">{actorWords(event)}</span> {eventWords(event)}
        <span className="text-muted">{address === "local" ? "" : `, from ${address}`}</span>
      </span>
      {environment === "" ? null : <Chip>{environment}</Chip>}
      {outcome === "ok" ? null : (
        <Chip tone={outcome === "denied" ? "danger" : "soon"}>{outcome}</Chip>
      )}
    </>
  );
}

function More({ events }: { events: Events }) {
  const { hasMore, loading, trouble, loadMore, items, lookedBackTo } = events;
  const end = useRef<HTMLDivElement>(null);
  const load = useRef(loadMore);
  useEffect(() => {
    load.current = loadMore;
  });
  const isFollowing = hasMore && trouble === "" && !loading && items.length < MOST_BY_SCROLLING;

  useEffect(() => {
    const { current } = end;
    if (!current || !isFollowing) return;
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) void load.current();
      },
      { rootMargin: "600px" },
    );
    seen.observe(current);
    return () => seen.disconnect();
  }, [isFollowing, items.length, lookedBackTo]);

  return (
    <div ref={end} className="mt-3 flex flex-col items-center gap-2">
      {trouble ? (
        <div role="alert" className="w-full">
          <Notice tone="danger">{trouble}</Notice>
        </div>
      ) : null}
      {hasMore ? (
        <Button busy={loading} onClick={() => void loadMore()}>
          {loading ? "Looking further back…" : "Show older events"}
        </Button>
      ) : (
        <p className="text-small text-muted">
          {many(items.length, "event")}. Nothing older passes.
        </p>
      )}
      {hasMore && lookedBackTo && items.length === 0 ? (
        <p className="text-small text-muted">
          Looked back to <Ago at={lookedBackTo} />.
        </p>
      ) : null}
    </div>
  );
}
