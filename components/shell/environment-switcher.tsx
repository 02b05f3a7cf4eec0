"use client";

import { ChevronsUpDown, Layers } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useTransition } from "react";
import type { EnvironmentInfo } from "../../lib/shapes";
import { ProtectedMark } from "../environments/protected-mark";
import { Menu, MenuChoices, MenuItem, MenuLine } from "../ui/menu";

interface EnvironmentSwitcherProps {
  current: EnvironmentInfo;
  environments: readonly EnvironmentInfo[];
  canManage: boolean;
}

/** The environment that everything on the page belongs to, and the way to another. */
export function EnvironmentSwitcher(props: EnvironmentSwitcherProps) {
  const { current, environments, canManage } = props;
  const router = useRouter();
  const path = usePathname();
  const [waiting, startTransition] = useTransition();
  useEffect(() => keepEnvironment(current.slug), [current.slug]);

  function choose(slug: string) {
    startTransition(() => router.push(samePageIn(slug, path)));
  }

  const trigger = (
    <button
      type="button"
      className="flex h-8 min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-hover data-[state=open]:bg-hover rail:h-11"
    >
      <span className="flex min-w-0 flex-1 items-center gap-2 rail:flex-col rail:items-stretch rail:gap-0">
        <span className="order-2 flex items-center gap-2 text-small text-muted rail:order-none">
          <span className="sr-only rail:not-sr-only">Environment</span>{" "}
          {current.protected ? <ProtectedMark short /> : null}
        </span>{" "}
        <span className="mono min-w-0 truncate font-strong">{current.slug}</span>
      </span>
      {waiting ? <span aria-hidden className="late size-1.5 rounded-full bg-accent" /> : null}
      <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-muted" />
    </button>
  );

  return (
    <Menu trigger={trigger} label="Environments" align="start">
      <MenuChoices
        label="Environments"
        value={current.slug}
        options={environments.map((environment) => ({
          value: environment.slug,
          label: <Named environment={environment} />,
          aside: environment.protected ? <ProtectedMark className="pl-2" /> : null,
        }))}
        onChoose={choose}
      />
      {canManage ? (
        <>
          <MenuLine />
          <MenuItem
            icon={<Layers aria-hidden size={16} />}
            onChoose={() => startTransition(() => router.push("/environments"))}
          >
            Manage environments
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

/** The slug, and the name where it says more. */
function Named({ environment: { slug, name } }: { environment: EnvironmentInfo }) {
  return (
    <>
      <span className="mono">{slug}</span>
      {name.toLowerCase() === slug ? null : <span className="text-muted"> {name}</span>}
    </>
  );
}

/** The same section in another environment: its secrets, its services. What is in a section is its own. */
function samePageIn(slug: string, path: string): string {
  const section = /^\/e\/[^/]+\/([^/]+)/.exec(path)?.[1] ?? "secrets";
  return `/e/${slug}/${section}`;
}

/** A cookie, so that the server knows where to go on from pages that belong to no environment. */
function keepEnvironment(slug: string) {
  document.cookie = `coffer-environment=${slug}; path=/; max-age=31536000; samesite=lax`;
}
