import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findReferences, splice } from "../../../lib/reference/expand";
import type { Reference } from "../../../lib/reference/segments";

interface Vector {
  name: string;
  config: unknown;
  /** What the system that the reference comes from does with it. */
  upstream: unknown;
  expanded?: unknown;
  /** The layer that refuses: this folder's grammar, or the vault, which is handed the reference. */
  refused?: { layer: "grammar" | "vault"; reference: string; fault?: string };
  /** Why Coffer does otherwise on purpose. */
  differs?: string;
}

interface Vectors {
  source: string;
  values: Record<string, string>;
  vectors: Vector[];
}

function read(file: string): Vectors {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as Vectors;
}

describe.each(["tyk.json", "apisix.json", "api-store.json", "neighbours.json"])("%s", (file) => {
  const { values, vectors } = read(file);

  it.each(vectors)("$name", ({ config, upstream, expanded, refused, differs }) => {
    const found = findReferences(JSON.stringify(config));
    const missing: string[] = [];
    const valueOf = (reference: Reference): string => {
      if (!Object.hasOwn(values, reference.canonical)) missing.push(reference.canonical);
      return values[reference.canonical] ?? "";
    };
    if (refused?.layer === "grammar") {
      const { reference: canonical, fault } = refused;
      expect(found.mistakes).toEqual([{ canonical, fault, path: "" }]);
      return;
    }
    expect(found.mistakes).toEqual([]);
    const output: unknown = JSON.parse(splice(found, valueOf));
    expect(missing).toEqual(refused === undefined ? [] : [refused.reference]);
    if (refused !== undefined) return;
    expect(output).toEqual(expanded);
    if (differs !== undefined) expect(output).not.toEqual(upstream);
  });
});
