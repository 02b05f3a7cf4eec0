"use client";

import { useRef, useState, type SubmitEvent } from "react";
import { waitText } from "../../lib/errors";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice } from "../ui/notice";
import { formText } from "./form-text";
import { signIn, TooManyAttempts, type SignedIn } from "./session";

const REFUSED = "That e-mail and password do not go together, or the account can't sign in.";
const WRONG_CODE =
  "This code is not right, or was used already. Wait for the next one, or use a recovery code.";
const NO_ANSWER = "Coffer did not answer. Check the connection, then try again.";

/** Signs in, with a code once one is asked for, then goes to `next`, a path of this site. */
export function SignInForm({ next }: { next: string }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const code = useRef<HTMLInputElement>(null);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setTrouble("");
    const { outcome, trouble } = await attempt(new FormData(event.currentTarget));
    if (outcome === "yes") {
      window.location.assign(next);
      return;
    }
    setBusy(false);
    setTrouble(trouble);
    if (outcome !== "none") setAsksCode(outcome !== "refused");
    if (outcome === "refused") password.current?.select();
    if (outcome === "wrong_code") code.current?.select();
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
      {asksCode ? (
        <Field label="Code" hint="From your authenticator app, or a recovery code.">
          {(control) => (
            <Input
              {...control}
              ref={code}
              name="code"
              className="mono"
              autoComplete="one-time-code"
              spellCheck={false}
              required
              autoFocus
            />
          )}
        </Field>
      ) : null}
      <div role="alert" className="empty:hidden">
        {trouble ? <Notice tone="danger">{trouble}</Notice> : null}
      </div>
      <Button type="submit" tone="primary" busy={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

const TROUBLES: Record<SignedIn, string> = {
  yes: "",
  refused: REFUSED,
  second_factor_required: "",
  wrong_code: WRONG_CODE,
};

interface Attempt {
  /** `none`: the attempt was not looked at, and what is asked for stays as it is. */
  outcome: SignedIn | "none";
  /** What to say of it. */
  trouble: string;
}

async function attempt(form: FormData): Promise<Attempt> {
  const code = form.has("code") ? formText(form, "code") : undefined;
  try {
    const outcome = await signIn(formText(form, "email"), formText(form, "password"), code);
    return { outcome, trouble: TROUBLES[outcome] };
  } catch (error) {
    if (!(error instanceof TooManyAttempts)) return { outcome: "none", trouble: NO_ANSWER };
    // Also where the password would have been right.
    const trouble = `There were too many wrong attempts, so this one was not looked at. Wait ${waitText(error.waitSeconds)}, then try again.`;
    return { outcome: "none", trouble };
  }
}
