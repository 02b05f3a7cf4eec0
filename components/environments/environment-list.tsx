"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { EnvironmentSummary } from "../../lib/shapes";
import { useRowKeys } from "../shell/use-row-keys";
import { useKeys } from "../shell/use-keys";
import { Button } from "../ui/button";
import { PageHeader } from "../ui/page-header";
import { TableHead } from "../ui/table-head";
import { useToaster } from "../ui/toasts";
import { ConfirmProtection } from "./confirm-protection";
import { DeleteEnvironment } from "./delete-environment";
import { EnvironmentRow, type EnvironmentAct } from "./environment-row";
import { NewEnvironment } from "./new-environment";
import { RenameEnvironment } from "./rename-environment";

type Panel = "new" | { what: EnvironmentAct; environment: EnvironmentSummary } | null;

/** The environments: what each holds, who writes in it, and the sheets that change them. */
export function EnvironmentList({ environments }: { environments: readonly EnvironmentSummary[] }) {
  const router = useRouter();
  const toaster = useToaster();
  const [panel, setPanel] = useState<Panel>(null);
  const { grid, stop, focusRow, handlers } = useRowKeys(environments.map(({ slug }) => slug));
  useKeys({ n: () => setPanel("new"), ArrowDown: () => focusRow(0) });

  const close = () => setPanel(null);
  function done(text: string) {
    toaster.done(text);
    router.refresh();
    close();
  }

  return (
    <>
      <PageHeader
        title="Environments"
        actions={
          <Button
            tone="primary"
            data-tip="New environment (n)"
            icon={<Plus aria-hidden size={16} />}
            onClick={() => setPanel("new")}
          >
            New environment
          </Button>
        }
      />
      <p className="-mt-2 mb-4 max-w-[72ch] text-muted">
        Each has secrets, services and tokens of its own. The same name in two of them is two
        secrets.
      </p>
      <div
        ref={grid}
        role="grid"
        aria-label="Environments"
        {...handlers}
        className="@container rounded-md border"
      >
        <TableHead
          columns="environment-columns"
          names={["Environment", "Secrets", "Services", "Who may change secrets"]}
          hasActions
        />
        <div role="rowgroup">
          {environments.map((environment) => (
            <EnvironmentRow
              key={environment.slug}
              environment={environment}
              isStop={environment.slug === stop}
              onAct={(what) => setPanel({ what, environment })}
            />
          ))}
        </div>
      </div>
      <EnvironmentPanel panel={panel} onDone={done} onClose={close} />
    </>
  );
}

interface EnvironmentPanelProps {
  panel: Panel;
  onDone: (text: string) => void;
  onClose: () => void;
}

/** The sheet or question that is open. */
function EnvironmentPanel({ panel, onDone, onClose }: EnvironmentPanelProps) {
  if (panel === null) return null;
  if (panel === "new") {
    return <NewEnvironment onCreated={({ slug }) => onDone(`Created ${slug}`)} onClose={onClose} />;
  }
  const { what, environment } = panel;
  const { slug } = environment;
  switch (what) {
    case "rename":
      return (
        <RenameEnvironment
          environment={environment}
          onRenamed={(name) => onDone(`${slug} is now called ${name}`)}
          onClose={onClose}
        />
      );
    case "protect":
      return (
        <ConfirmProtection
          environment={environment}
          onChanged={(on) => onDone(on ? `Protected ${slug}` : `${slug} is no longer protected`)}
          onClose={onClose}
        />
      );
    case "delete":
      return (
        <DeleteEnvironment
          environment={environment}
          onDeleted={() => onDone(`Deleted ${slug}`)}
          onClose={onClose}
        />
      );
  }
}
