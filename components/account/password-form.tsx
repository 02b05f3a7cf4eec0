"use client";

import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import { missingCharacters, NewPasswordField, passwordTrouble } from "../auth/new-password-field";
import { signIn } from "../auth/session";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { useSave } from "../use-save";
import { changePassword } from "./account-calls";

/** Changes one's password. Every session ends by it, so this browser signs in again with the new one. */
export function PasswordForm({ email }: { email: string }) {
  const router = useRouter();
  const toaster = useToaster();
  const save = useSave();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const missing = missingCharacters(password);
  const currentTrouble = save.problem?.at("current");
  const trouble = passwordTrouble(save.problem);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    if (save.busy || missing !== undefined) return;
    await save.run(async () => {
      await changePassword(current, password);
      if ((await signIn(email, password).catch(() => null)) !== "yes") {
        window.location.assign("/sign-in?next=/account");
        return;
      }
      setCurrent("");
      setPassword("");
      setTried(false);
      toaster.done("Changed your password. Every other session has ended.");
      router.refresh();
    });
  }

  return (
    <Section
      title="Password"
      about="A new one ends every session but this one. With a second factor you sign in again."
    >
      <form onSubmit={(event) => void submit(event)} className="rounded-md border px-4 py-3">
        <div className="flex max-w-[480px] flex-col gap-3">
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field
            label="Current password"
            error={currentTrouble && "This is not your current password."}
          >
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="current-password"
                required
                value={current}
                onChange={(event) => setCurrent(event.target.value)}
              />
            )}
          </Field>
          <NewPasswordField
            label="New password"
            password={password}
            error={(tried ? missing : undefined) ?? trouble}
            onChange={setPassword}
          />
          <Trouble problem={(currentTrouble ?? trouble) ? null : save.problem} />
          <div>
            <Button type="submit" busy={save.busy}>
              {save.busy ? "Changing…" : "Change password"}
            </Button>
          </div>
        </div>
      </form>
    </Section>
  );
}
