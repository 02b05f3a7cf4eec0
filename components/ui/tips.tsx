"use client";

import { useEffect, useRef, useState } from "react";

const WAIT_MS = 350;

/**
 * One tip for the whole page: whatever has `data-tip` shows it on hover and on keyboard focus. A tip says
 * nothing that a screen reader is not told otherwise, so it is hidden from them. Escape closes it.
 */
export function Tips() {
  const [tip, setTip] = useState<{ text: string; of: Element } | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (of: Element | null, wait: number) => {
      clearTimeout(timer);
      const text = of?.getAttribute("data-tip");
      timer = setTimeout(() => setTip(of && text ? { text, of } : null), wait);
    };
    const over = (event: PointerEvent) => {
      if (event.pointerType === "touch" || !(event.target instanceof Element)) return;
      if (box.current?.contains(event.target)) clearTimeout(timer);
      else show(event.target.closest("[data-tip]"), box.current ? 80 : WAIT_MS);
    };
    const focus = (event: FocusEvent) => {
      const of = event.target instanceof Element ? event.target : null;
      show(of?.matches(":focus-visible") ? of.closest("[data-tip]") : null, 0);
    };
    const hide = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      show(null, 0);
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("focusin", focus);
    for (const type of ["pointerdown", "keydown", "scroll", "focusout"]) {
      document.addEventListener(type, hide, { capture: true });
    }
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", over);
      document.removeEventListener("focusin", focus);
      for (const type of ["pointerdown", "keydown", "scroll", "focusout"]) {
        document.removeEventListener(type, hide, { capture: true });
      }
    };
  }, []);

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

function place(box: HTMLElement, target: DOMRect) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = target.top - height - 4;
  const left = Math.min(
    Math.max(8, target.left + (target.width - width) / 2),
    window.innerWidth - width - 8,
  );
  box.style.translate = `${String(Math.round(left))}px ${String(Math.round(above > 8 ? above : target.bottom + 4))}px`;
}
