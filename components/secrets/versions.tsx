"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { SecretInfo, VersionInfo } from "../../lib/shapes";
import { Problem, secretPath, send } from "../api";
import { Button } from "../ui/button";
import { Chip } from "../ui/chip";
import { Ago } from "../ui/clock";
import { useToaster } from "../ui/toasts";
import type { Permissions } from "./permissions";
import { ActivateVersion, DestroyVersion } from "./version-questions";

interface VersionsProps {
  secret: SecretInfo;
  versions: readonly VersionInfo[];
  can: Permissions;
}

interface Asked {
  what: "activate" | "destroy";
  version: number;
}

/** A secret's versions, newest first: which is current, and what can be done with the others. */
export function Versions({ secret, versions, can }: VersionsProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { confirmActivate, confirmDestroy } = useVersionChanges(secret);
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  const close = () => setAsked(null);
  return (
    <>
      <ol aria-label="Versions" className="rounded-md border">
        {newestFirst.map((version) => (
          <VersionRow
            key={version.version}
            version={version}
            isLast={version === newestFirst[newestFirst.length - 1]}
            canActivate={can.activate && secret.state !== "trashed"}
            canDestroy={can.destroy}
            onAsk={setAsked}
          />
        ))}
      </ol>
      {asked?.what === "activate" ? (
        <ActivateVersion
          secret={secret}
          version={asked.version}
          onConfirm={(expected) => confirmActivate(asked.version, expected)}
          onClose={close}
        />
      ) : null}
      {asked?.what === "destroy" ? (
        <DestroyVersion
          secret={secret}
          version={asked.version}
          onConfirm={() => confirmDestroy(asked.version)}
          onClose={close}
        />
      ) : null}
    </>
  );
}

/** What the questions do. Each is done on what was seen: where somebody was faster, nothing is changed. */
function useVersionChanges(secret: SecretInfo) {
  const router = useRouter();
  const toaster = useToaster();

  async function undoActivate(back: number, activated: number) {
    try {
      await activate(secret, back, activated);
      toaster.done(`v${String(back)} is current again`);
    } catch (error) {
      toaster.trouble(notUndone(error, back));
    }
    router.refresh();
  }

  async function confirmActivate(version: number, expected: number) {
    try {
      await activate(secret, version, expected);
      toaster.done(
        `v${String(version)} is current now`,
        () => void undoActivate(expected, version),
      );
    } finally {
      router.refresh();
    }
  }

  async function confirmDestroy(version: number) {
    try {
      const below = `/versions/${String(version)}`;
      await send("DELETE", secretPath(secret.environment, secret.name, below));
      toaster.done(`Destroyed v${String(version)}`);
    } finally {
      router.refresh();
    }
  }

  return { confirmActivate, confirmDestroy };
}

function notUndone(error: unknown, back: number): string {
  if (!(error instanceof Problem)) return "That was not undone. Try again.";
  return error.code === "version_conflict"
    ? `v${String(back)} was not made current again: another version has become current since. Look at the versions.`
    : error.message;
}

interface VersionRowProps {
  version: VersionInfo;
  isLast: boolean;
  canActivate: boolean;
  canDestroy: boolean;
  onAsk: (asked: Asked) => void;
}

function VersionRow({ version, isLast, canActivate, canDestroy, onAsk }: VersionRowProps) {
  const number = version.version;
  const idle = !version.current && version.destroyedAt === null;
  return (
    <li className="relative flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-t py-1.5 pr-3 pl-9 first:border-t-0">
      {isLast ? null : (
        <span aria-hidden className="absolute top-1/2 left-[18px] h-full w-px bg-line-strong" />
      )}
      <span
        aria-hidden
        className={`absolute left-3.5 size-[9px] rounded-full border-2 ${version.current ? "border-accent bg-accent" : "border-control bg-raised"}`}
      />
      <span
        className={`mono ${version.current ? "font-strong" : ""} ${version.destroyedAt ? "line-through" : ""}`}
      >
        v{number}
      </span>
      {version.current ? <Chip>current</Chip> : null}
      {version.destroyedAt ? <Chip>destroyed</Chip> : null}
      {version.lost ? <Chip tone="danger">lost with the key</Chip> : null}
      <VersionTime version={version} />
      {idle ? (
        <span className="ml-auto flex gap-2">
          {canActivate && !version.lost ? (
            <Button tone="quiet" onClick={() => onAsk({ what: "activate", version: number })}>
              Make current<span className="sr-only"> v{number}</span>
            </Button>
          ) : null}
          {canDestroy ? (
            <Button tone="quiet" onClick={() => onAsk({ what: "destroy", version: number })}>
              Destroy<span className="sr-only"> v{number}</span>
            </Button>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}

function VersionTime({ version }: { version: VersionInfo }) {
  return (
    <span className="min-w-0 text-muted">
      {version.destroyedAt ? (
        <>
          value erased <Ago at={version.destroyedAt} />
          {version.destroyedBy ? ` by ${version.destroyedBy}` : null}
        </>
      ) : (
        <>
          <Ago at={version.createdAt} /> by {version.createdBy}
        </>
      )}
    </span>
  );
}

function activate(secret: SecretInfo, version: number, expected: number): Promise<SecretInfo> {
  const below = `/versions/${String(version)}/activate`;
  const query = `&expectedVersion=${String(expected)}`;
  return send<SecretInfo>("POST", secretPath(secret.environment, secret.name, below, query));
}
