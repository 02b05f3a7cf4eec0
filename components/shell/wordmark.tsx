/** The product's name beside its mark: a chest with its lock. */
export function Wordmark() {
  return (
    <span className="flex items-center gap-2 font-strong">
      <svg
        aria-hidden
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        className="shrink-0 text-accent-text"
      >
        <rect
          x="1.75"
          y="3"
          width="14.5"
          height="12.5"
          rx="2"
          stroke="currentColor"
          strokeWidth="1.5"
        />
        <path d="M1.75 8h4.5m5.5 0h4.5" stroke="currentColor" strokeWidth="1.5" />
        <rect
          x="7"
          y="6.25"
          width="4"
          height="4.5"
          rx="1"
          stroke="currentColor"
          strokeWidth="1.5"
        />
      </svg>
      Coffer
    </span>
  );
}
