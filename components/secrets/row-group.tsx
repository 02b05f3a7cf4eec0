"use client";

import { memo, useEffect, useRef, useState, type RefObject } from "react";
import type { SecretInfo } from "../../lib/shapes";
import type { Permissions } from "./permissions";
import type { RowAct } from "./row-actions";
import { SecretRow } from "./secret-row";

const ROW_PX = 44;
/** How far outside the view rows are kept in the page. */
const MARGIN = "1200px 0px";

interface RowGroupProps {
  secrets: readonly SecretInfo[];
  /** The place of its first row in the whole list. */
  from: number;
  /** Whether it is part of the first paint. */
  isFirstPaint: boolean;
  /** The row that Tab stops at, if it is one of these: then they stay in the page. */
  stop: string | undefined;
  can: Permissions;
  onAct: RowAct;
}

/** A stretch of rows. Far from the view it is an empty space of the same height: a list may have thousands. */
export const RowGroup = memo(function RowGroup(props: RowGroupProps) {
  const { secrets, from, isFirstPaint, stop, can, onAct } = props;
  const box = useRef<HTMLDivElement>(null);
  const away = useAway(box, isFirstPaint ? null : secrets.length * ROW_PX);
  const isEmpty = away !== null && stop === undefined;
  return (
    <div ref={box} role="rowgroup" {...(isEmpty ? { style: { height: away } } : {})}>
      {isEmpty
        ? null
        : secrets.map((secret, index) => (
            <SecretRow
              key={secret.name}
              secret={secret}
              place={from + index}
              isStop={secret.name === stop}
              can={can}
              onAct={onAct}
            />
          ))}
    </div>
  );
});

/** Null while an element is near the view; else the height that it had there, or is expected to have. */
function useAway(box: RefObject<HTMLElement | null>, expected: number | null): number | null {
  const [away, setAway] = useState(expected);
  useEffect(() => {
    if (!box.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries[entries.length - 1];
        if (entry) setAway(entry.isIntersecting ? null : entry.boundingClientRect.height);
      },
      { rootMargin: MARGIN },
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return away;
}
