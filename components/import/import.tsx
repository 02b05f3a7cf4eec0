"use client";

import { useCallback, useRef, useState } from "react";
import type { EnvironmentInfo, ImportReport } from "../../lib/shapes";
import { useLifetime } from "../secrets/use-lifetime";
import { ButtonLink } from "../ui/button";
import { PageHeader } from "../ui/page-header";
import { useSave } from "../use-save";
import { Done } from "./done";
import { preview, runImport, type Chosen, type Way, type Work } from "./import-calls";
import { Preview } from "./preview";
import { SourceForm, type ReadSource } from "./source-form";

interface ImportProps {
  environment: EnvironmentInfo;
  /** Which way in is open at first. */
  importFrom: Way;
}

/**
 * Bringing in many secrets: what is pasted or chosen, what would become of it, and what did. The source stays in the
 * form, which is out of sight during the preview, and is gone once the import is done or the page is left.
 */
export function Import({ environment: { slug }, importFrom }: ImportProps) {
  const readSource = useRef<ReadSource | null>(null);
  const [seen, setSeen] = useState<ImportReport | null>(null);
  const [done, setDone] = useState<ImportReport | null>(null);
  const [work, setWork] = useState<Work | null>(null);
  const [tags, setTags] = useState<string[]>([]);
  const lifetime = useLifetime();
  const save = useSave();
  const list = `/e/${slug}/secrets`;

  const look = useCallback(
    () =>
      save.run(async () => {
        const source = await readSource.current?.();
        if (source) setSeen(await preview(slug, source, setWork));
      }),
    [save, slug],
  );

  async function take(chosen: Chosen): Promise<void> {
    const isNew = [...chosen.values()].some((as) => as !== "rotate");
    if (isNew && !lifetime.isFine()) return;
    await save.run(async () => {
      const source = await readSource.current?.();
      if (!source || !seen) return;
      const forNew = { tags, ...lifetime.changes };
      setDone(await runImport(seen, source, chosen, isNew ? forNew : {}, setWork));
    });
  }

  function back() {
    setSeen(null);
    save.reset();
  }

  return (
    <>
      <PageHeader
        title="Import"
        above={{ label: "Secrets", href: list }}
        actions={done ? <ButtonLink href={list}>Back to secrets</ButtonLink> : null}
      />
      {done ? (
        <Done report={done} />
      ) : (
        <>
          <div hidden={seen !== null}>
            <SourceForm
              environment={slug}
              way={importFrom}
              source={readSource}
              busy={save.busy}
              problem={seen ? null : save.problem}
              work={work}
              onPreview={look}
              onTyped={save.reset}
            />
          </div>
          {seen ? (
            <Preview
              key={JSON.stringify(seen.entries.map(({ state, version }) => [state, version]))}
              report={seen}
              busy={save.busy}
              problem={save.problem}
              work={work}
              forNew={{ tags, onTags: setTags, lifetime }}
              onTake={take}
              onLookAgain={look}
              onBack={back}
            />
          ) : null}
        </>
      )}
    </>
  );
}
