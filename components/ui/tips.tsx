"use client";

import { useEffect, useRef, useState, type RefObject } from "react";

const WAIT_MS = 350;

interface Tip {
  text: string;
  of: Element;
}

/**
 * One tip for the whole page: whatever has `data-tip` shows it on hover and on keyboard focus. A tip says
 * nothing that a screen reader is not told otherwise, so it is hidden from them. Escape closes it.
 */
export function Tips() {
  const box = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState<Tip | null>(null);

  useEffect(() => watchTips(box, setTip), []);
  useEffect(() => {
    if (tip && box.current) place(box.current, tip.of.getBoundingClientRect());
  }, [tip]);

  if (!tip) return null;
  return (
    <div
      ref={box}
      aria-hidden
      className="fixed top-0 left-0 z-60 max-w-[min(360px,calc(100vw-16px))] rounded-sm bg-ink px-2 py-1 text-small break-words text-page"
    >
      {tip.text}
    </div>
  );
}

/** Calls `onTip` when another tip is to be shown, or none. Returns how to stop. */
function watchTips(box: RefObject<HTMLElement | null>, onTip: (tip: Tip | null) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = new AbortController();

  function show(of: Element | null, waitMs: number) {
    clearTimeout(timer);
    const text = of?.getAttribute("data-tip");
    timer = setTimeout(() => onTip(of && text ? { text, of } : null), waitMs);
  }
  function over(event: PointerEvent) {
    if (event.pointerType === "touch" || !(event.target instanceof Element)) return;
    if (box.current?.contains(event.target)) clearTimeout(timer);
    else show(event.target.closest("[data-tip]"), box.current ? 80 : WAIT_MS);
  }
  function focus(event: FocusEvent) {
    const of = event.target instanceof Element ? event.target : null;
    show(of?.matches(":focus-visible") ? of.closest("[data-tip]") : null, 0);
  }
  function hide(event: Event) {
    if (!(event instanceof KeyboardEvent) || event.key === "Escape") show(null, 0);
  }

  const { signal } = stop;
  document.addEventListener("pointerover", over, { signal });
  document.addEventListener("focusin", focus, { signal });
  for (const type of ["pointerdown", "keydown", "scroll", "focusout"]) {
    document.addEventListener(type, hide, { capture: true, signal });
  }
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

function place(box: HTMLElement, target: DOMRect) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = target.top - height - 4;
  const left = Math.min(
    Math.max(8, target.left + (target.width - width) / 2),
    window.innerWidth - width - 8,
  );
  box.style.translate = `${String(Math.round(left))}px ${String(Math.round(above > 8 ? above : target.bottom + 4))}px`;
}
