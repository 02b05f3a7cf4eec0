"use client";

import {
  Copy,
  Eraser,
  MoreHorizontal,
  Pencil,
  RefreshCw,
  RotateCcw,
  Siren,
  Trash2,
} from "lucide-react";
import type { SecretInfo } from "../../lib/shapes";
import { useLive } from "../shell/use-live";
import { IconButton } from "../ui/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../ui/menu";
import type { Permissions } from "./permissions";
import { SYNTAXES, type Syntax } from "./reference";

export type Act = "copy" | "rotate" | "edit" | "trash" | "restore" | "purge" | "leaked";

/** Does something with a row's secret; a copy may name its syntax. */
export type RowAct = (act: Act, secret: SecretInfo, syntax?: Syntax) => void;

interface RowActionsProps {
  secret: SecretInfo;
  isStop: boolean;
  can: Permissions;
  onAct: RowAct;
}

const SHY =
  "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 [@media(hover:none)]:opacity-100";

/**
 * What can be done with a row: seen on hover and focus, always there where nothing hovers. Nothing works
 * before the page is live, so the server leaves them out: half of the page's weight.
 */
export function RowActions(props: RowActionsProps) {
  if (!useLive()) return null;
  return props.secret.state === "trashed" ? (
    <TrashedActions {...props} />
  ) : (
    <LiveActions {...props} />
  );
}

function LiveActions({ secret, isStop, can, onAct }: RowActionsProps) {
  const stop = { tabIndex: isStop ? 0 : -1 };
  return (
    <div className="flex gap-0.5">
      <IconButton
        {...stop}
        label={`Copy reference to ${secret.name}`}
        tip="Copy reference (c)"
        className={`${SHY} max-[480px]:hidden`}
        onClick={() => onAct("copy", secret)}
      >
        <Copy aria-hidden size={16} />
      </IconButton>
      {can.rotate ? (
        <IconButton
          {...stop}
          label={`Rotate ${secret.name}`}
          tip="Rotate (r)"
          className={`${SHY} max-[480px]:hidden`}
          onClick={() => onAct("rotate", secret)}
        >
          <RefreshCw aria-hidden size={16} />
        </IconButton>
      ) : null}
      <RowMenu secret={secret} isStop={isStop} can={can} onAct={onAct} />
    </div>
  );
}

function RowMenu({ secret, isStop, can, onAct }: RowActionsProps) {
  const stop = { tabIndex: isStop ? 0 : -1 };
  return (
    <Menu
      label={`Actions for ${secret.name}`}
      trigger={
        <IconButton {...stop} label={`More for ${secret.name}`} tip="More" className={SHY}>
          <MoreHorizontal aria-hidden size={16} />
        </IconButton>
      }
    >
      <MenuLabel>Copy reference</MenuLabel>
      {SYNTAXES.map((syntax) => (
        <MenuItem
          key={syntax.id}
          icon={<Copy aria-hidden size={16} />}
          onChoose={() => onAct("copy", secret, syntax)}
        >
          <span className="mono">{syntax.of(secret.name)}</span>
        </MenuItem>
      ))}
      {can.rotate || can.describe || can.trash ? <MenuLine /> : null}
      {can.rotate ? (
        <MenuItem
          icon={<RefreshCw aria-hidden size={16} />}
          hotkey="r"
          onChoose={() => onAct("rotate", secret)}
        >
          Rotate
        </MenuItem>
      ) : null}
      {can.describe ? (
        <MenuItem icon={<Pencil aria-hidden size={16} />} onChoose={() => onAct("edit", secret)}>
          Edit description, tags and dates
        </MenuItem>
      ) : null}
      {can.handleIncidents ? (
        <MenuItem icon={<Siren aria-hidden size={16} />} onChoose={() => onAct("leaked", secret)}>
          Leaked?
        </MenuItem>
      ) : null}
      {can.trash ? (
        <MenuItem
          danger
          icon={<Trash2 aria-hidden size={16} />}
          onChoose={() => onAct("trash", secret)}
        >
          Move to trash
        </MenuItem>
      ) : null}
    </Menu>
  );
}

function TrashedActions({ secret, isStop, can, onAct }: RowActionsProps) {
  const stop = { tabIndex: isStop ? 0 : -1 };
  return (
    <div className="flex gap-0.5">
      {can.restore ? (
        <IconButton
          {...stop}
          label={`Restore ${secret.name}`}
          tip="Restore"
          onClick={() => onAct("restore", secret)}
        >
          <RotateCcw aria-hidden size={16} />
        </IconButton>
      ) : null}
      {can.purge ? (
        <IconButton
          {...stop}
          label={`Purge ${secret.name}`}
          tip="Purge for good"
          danger
          onClick={() => onAct("purge", secret)}
        >
          <Eraser aria-hidden size={16} />
        </IconButton>
      ) : null}
    </div>
  );
}
