"use client";

import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice } from "../ui/notice";
import { formText } from "./form-text";
import { signIn } from "./session";

const REFUSED = "That e-mail and password do not go together, or the account can't sign in.";
const NO_ANSWER = "Coffer did not answer. Check the connection, then try again.";

/** Signs in, then goes to `next`, a path of this site. */
export function SignInForm({ next }: { next: string }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setTrouble("");
    const trouble = await attempt(new FormData(event.currentTarget));
    if (!trouble) {
      window.location.assign(next);
      return;
    }
    setTrouble(trouble);
    setBusy(false);
    if (trouble === REFUSED) password.current?.select();
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field label="E-mail">
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
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            ref={password}
            type="password"
            name="password"
            autoComplete="current-password"
            required
          />
        )}
      </Field>
      <div role="alert" className="empty:hidden">
        {trouble ? <Notice tone="danger">{trouble}</Notice> : null}
      </div>
      <Button type="submit" tone="primary" busy={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

async function attempt(form: FormData): Promise<string> {
  try {
    const ok = await signIn(formText(form, "email"), formText(form, "password"));
    return ok ? "" : REFUSED;
  } catch {
    return NO_ANSWER;
  }
}
