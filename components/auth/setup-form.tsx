"use client";

import { useState, type SubmitEvent } from "react";
import { send, type Problem } from "../api";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { formText } from "./form-text";
import { missingCharacters, NewPasswordField, passwordTrouble } from "./new-password-field";
import { signIn } from "./session";
import { ExpiredLink, NoLink, SetupDone } from "./setup-notes";
import { useLink } from "./use-link";

/** Makes the first admin, with the one-time link that this page was opened with. */
export function SetupForm() {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const save = useSave();
  const { link, hasLink } = useLink(save.reset);
  const missing = missingCharacters(password);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    if (save.busy || missing !== undefined) return;
    const form = new FormData(event.currentTarget);
    const email = formText(form, "email").trim();
    const name = formText(form, "name").trim();
    await save.run(async () => {
      await send("POST", "/setup", { link: link.current, email, name, password });
      const signedIn = await signIn(email, password).catch(() => null);
      window.location.assign(signedIn === "yes" ? "/e/default/secrets" : "/sign-in");
    });
  }

  if (hasLink === false) return <NoLink />;
  if (save.problem?.code === "invalid_link") return <ExpiredLink />;
  if (save.problem?.code === "setup_done") return <SetupDone />;
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <p className="text-muted">
        You will be the first admin. You can create secrets and services right away.
      </p>
      <PersonFields problem={save.problem} />
      <NewPasswordField
        password={password}
        error={(tried ? missing : undefined) ?? passwordTrouble(save.problem)}
        onChange={setPassword}
      />
      <Trouble problem={isAboutField(save.problem) ? null : save.problem} />
      <Button type="submit" tone="primary" busy={save.busy}>
        {save.busy ? "Setting up…" : "Create admin and sign in"}
      </Button>
    </form>
  );
}

function PersonFields({ problem }: { problem: Problem | null }) {
  return (
    <>
      <Field label="E-mail" error={problem?.at("email")}>
        {(control) => (
          <Input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            autoFocus
          />
        )}
      </Field>
      <Field
        label="Name"
        hint="As it stands on the record of what you do."
        error={problem?.at("name")}
      >
        {(control) => (
          <Input {...control} name="name" autoComplete="name" required maxLength={100} />
        )}
      </Field>
    </>
  );
}

function isAboutField(problem: Problem | null): boolean {
  return (
    passwordTrouble(problem) !== undefined || Boolean(problem?.at("email") ?? problem?.at("name"))
  );
}
