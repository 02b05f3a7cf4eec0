/** A master key's public name. It may break at its hyphens. */
export function Fingerprint({ of }: { of: string }) {
  return <code className="mono">{of}</code>;
}
