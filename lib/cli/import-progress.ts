import type { ImportProgress, WatchImport } from "../vault/import-request";
import type { Progress, Screen } from "./screen";

const TITLES: Record<ImportProgress["step"], string> = {
  ...{ read: "Reading", seal: "Sealing", write: "Writing" },
};

/** Shows on the screen how far an import is, a line for each step that can be counted. */
export function showImport(screen: Screen): { watch: WatchImport; end: () => void } {
  let shown: { step: ImportProgress["step"]; line: Progress } | undefined;
  return {
    watch({ step, done, of }) {
      if (of === null) return;
      if (shown?.step !== step) {
        shown?.line.end();
        shown = { step, line: screen.progress(TITLES[step]) };
      }
      shown.line.at(done, of);
    },
    end: () => shown?.line.end(),
  };
}
