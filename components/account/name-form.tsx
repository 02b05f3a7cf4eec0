"use client";

import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import type { AccountInfo } from "../../lib/shapes";
import { roleInWords } from "../people/roles";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Trouble } from "../ui/notice";
import { Facts } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { useSave } from "../use-save";
import { renameAccount } from "./account-calls";

/** Who one is, and one's name to change. */
export function NameForm({ account }: { account: AccountInfo }) {
  const router = useRouter();
  const toaster = useToaster();
  const save = useSave();
  const [name, setName] = useState(account.name);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (save.busy) return;
    await save.run(async () => {
      setName((await renameAccount(name)).name);
      toaster.done("Saved your name");
      router.refresh();
    });
  }

  const facts = [
    { label: "E-mail", value: account.email },
    {
      label: "Role",
      value: (
        <>
          {account.role} <span className="block text-muted">{roleInWords(account.role)}</span>
        </>
      ),
    },
  ];
  return (
    <div className="rounded-md border">
      <div className="border-b px-4 py-3">
        <Facts facts={facts} />
      </div>
      <form onSubmit={(event) => void submit(event)} className="px-4 py-3">
        <div className="flex max-w-[480px] flex-col gap-3">
          <Field label="Name" error={save.problem?.at("name")}>
            {(control) => (
              <Input
                {...control}
                value={name}
                required
                maxLength={100}
                autoComplete="name"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Trouble problem={save.problem?.at("name") ? null : save.problem} />
          <div>
            <Button type="submit" busy={save.busy}>
              {save.busy ? "Saving…" : "Save name"}
            </Button>
          </div>
        </div>
      </form>
    </div>
  );
}
