"use client";

import { useState, type SubmitEvent } from "react";
import type { UserInfo } from "../../lib/shapes";
import { send } from "../api";
import { Button, ButtonLink } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice, Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { formText } from "./form-text";
import { missingCharacters, NewPasswordField, passwordTrouble } from "./new-password-field";
import { signIn } from "./session";
import { useLink } from "./use-link";

/** Sets the password of whom the link is for, by invitation or reset, and signs them in. */
export function JoinForm() {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const save = useSave();
  const { link, hasLink } = useLink(save.reset);
  const missing = missingCharacters(password);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    if (save.busy || missing !== undefined) return;
    const name = formText(new FormData(event.currentTarget), "name").trim();
    await save.run(async () => {
      const body = { link: link.current, password, ...(name && { name }) };
      const { email } = await send<UserInfo>("POST", "/links/accept", body);
      const signedIn = await signIn(email, password).catch(() => null);
      window.location.assign(signedIn === "yes" ? "/" : "/sign-in");
    });
  }

  if (hasLink === false) return <DeadLink title="This page needs the link that an admin made" />;
  if (save.problem?.code === "invalid_link") return <DeadLink title="This link does not work" />;
  const trouble = passwordTrouble(save.problem);
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <p className="text-muted">
        An admin of this Coffer made the link for you. You sign in with your e-mail address and this
        password from now on; wherever you were signed in before, you are signed out.
      </p>
      <NewPasswordField
        autoFocus
        password={password}
        error={(tried ? missing : undefined) ?? trouble}
        onChange={setPassword}
      />
      <Field
        label="Name"
        aside="optional"
        hint="Leave it empty to keep the one that you have."
        error={save.problem?.at("name")}
      >
        {(control) => <Input {...control} name="name" autoComplete="name" maxLength={100} />}
      </Field>
      <Trouble problem={trouble === undefined && !save.problem?.at("name") ? save.problem : null} />
      <Button type="submit" tone="primary" busy={save.busy}>
        {save.busy ? "Saving…" : "Save and sign in"}
      </Button>
    </form>
  );
}

function DeadLink({ title }: { title: string }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-4">
      <Notice tone="soon" title={title}>
        <p>
          An invitation is good for 72 hours, a link to reset a password for 24. Each works once,
          and a newer one replaces it. Ask an admin for a new one, and open it with everything after
          the # sign.
        </p>
      </Notice>
      <ButtonLink href="/sign-in">Go to sign-in</ButtonLink>
    </div>
  );
}
