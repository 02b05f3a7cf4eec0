"use client";

import type { IncidentStory, SecretInfo, VersionInfo } from "../../lib/shapes";
import { CopyButton } from "../ui/copy-button";
import { Section } from "../ui/page-header";
import { Picture } from "./picture";
import type { Since } from "./since-field";
import { lastDone } from "./step";
import { Story } from "./story";
import { storyMarkdown } from "./story-markdown";
import { TokenStep } from "./token-step";
import { useReaders } from "./use-readers";
import { DestroyStep, RotateStep } from "./version-steps";
import { CloseStep, WriteStep } from "./write-steps";

interface IncidentWorkProps {
  story: IncidentStory;
  /** Null once it was purged. */
  secret: SecretInfo | null;
  versions: readonly VersionInfo[];
  times: readonly Since[];
  /** Whether it was shown a moment ago who it is. */
  isConfirmed: boolean;
}

/** An incident: the picture, then the steps in the order that is right, then the story. Once closed, the story first. */
export function IncidentWork({ story, secret, versions, times, isConfirmed }: IncidentWorkProps) {
  const isOpen = story.closedAt === null;
  const readers = useReaders(story.environment, story.secret, isOpen ? story.id : undefined);
  const { report, look } = readers;
  const picture = (
    <div className="print:hidden">
      <Picture
        environment={story.environment}
        readers={readers}
        times={times}
        atOnce={isOpen && isConfirmed}
      />
    </div>
  );
  const told = (
    <>
      <Story story={story} />
      <div className="mt-3 print:hidden">
        <CopyButton text={storyMarkdown(story, report)}>Copy as Markdown</CopyButton>
      </div>
    </>
  );
  const steps = (
    <div className="print:hidden">
      <Section
        title={isOpen ? "What to do, in this order" : "What was done"}
        about={isOpen ? "Each step is done by itself. You can leave and come back." : undefined}
      >
        <ol aria-label="Steps" className="divide-y divide-line rounded-md border">
          <RotateStep story={story} secret={secret} versions={versions} />
          <DestroyStep story={story} secret={secret} versions={versions} />
          <TokenStep
            story={story}
            report={report}
            onDone={() => (report ? void look(report.since) : undefined)}
          />
          <WriteStep story={story} />
          <CloseStep story={story} left={leftOf(story, versions)} />
        </ol>
      </Section>
    </div>
  );
  return isOpen ? (
    <>
      {picture}
      {steps}
      {told}
    </>
  ) : (
    <>
      {told}
      {steps}
      {picture}
    </>
  );
}

function leftOf({ events }: IncidentStory, versions: readonly VersionInfo[]): string[] {
  const old = versions.filter(({ current, destroyedAt }) => !current && destroyedAt === null);
  return [
    ...(lastDone(events, "secrets.rotate") ? [] : ["It was not rotated."]),
    ...(old.length === 0 ? [] : ["Old versions are not destroyed."]),
    ...(lastDone(events, "tokens.revoke") ? [] : ["No tokens were ended."]),
  ];
}
