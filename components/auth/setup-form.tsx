"use client";

import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { send, type Problem } from "../api";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { formText } from "./form-text";
import { signIn } from "./session";
import { ExpiredLink, NoLink, SetupDone } from "./setup-notes";

const SHORTEST_PASSWORD = 12;

/** Makes the first admin, with the one-time link that this page was opened with. */
export function SetupForm() {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const save = useSave();
  const { link, hasLink } = useLink(save.reset);
  const missing = SHORTEST_PASSWORD - password.length;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    if (save.busy || missing > 0) return;
    const form = new FormData(event.currentTarget);
    const email = formText(form, "email").trim();
    const name = formText(form, "name").trim();
    await save.run(async () => {
      await send("POST", "/setup", { link: link.current, email, name, password });
      const signedIn = await signIn(email, password).catch(() => false);
      window.location.assign(signedIn ? "/e/default/secrets" : "/sign-in");
    });
  }

  if (hasLink === false) return <NoLink />;
  if (save.problem?.code === "invalid_link") return <ExpiredLink />;
  if (save.problem?.code === "setup_done") return <SetupDone />;
  const tooShort = tried && missing > 0 ? `${String(missing)} more to go.` : undefined;
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <p className="text-muted">
        You will be the first admin. You can create secrets and services right away.
      </p>
      <PersonFields problem={save.problem} />
      <PasswordField
        password={password}
        error={tooShort ?? passwordTrouble(save.problem)}
        onChange={setPassword}
      />
      <Trouble problem={isAboutField(save.problem) ? null : save.problem} />
      <Button type="submit" tone="primary" busy={save.busy}>
        {save.busy ? "Setting up…" : "Create admin and sign in"}
      </Button>
    </form>
  );
}

/**
 * The link's secret, from the address's fragment, which no server sees. It is taken out of the address bar at
 * once, and lives in this page only. `onNew` is called when another one arrives.
 */
function useLink(onNew: () => void) {
  const link = useRef("");
  const [hasLink, setHasLink] = useState<boolean | null>(null);

  useEffect(() => {
    function take() {
      if (window.location.hash.length > 1) {
        link.current = window.location.hash.slice(1);
        window.history.replaceState(window.history.state, "", window.location.pathname);
        onNew();
      }
      setHasLink(link.current !== "");
    }
    take();
    // The link pasted over this page's own address loads nothing: only the fragment changes.
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, [onNew]);

  return { link, hasLink };
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

interface PasswordFieldProps {
  password: string;
  error: string | undefined;
  onChange: (password: string) => void;
}

function PasswordField({ password, error, onChange }: PasswordFieldProps) {
  return (
    <Field
      label="Password"
      hint={`At least ${String(SHORTEST_PASSWORD)} characters. A few random words do well.`}
      error={error}
    >
      {(control) => (
        <Input
          {...control}
          type="password"
          name="password"
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function passwordTrouble(problem: Problem | null): string | undefined {
  return problem?.code === "weak_password" ? problem.message : problem?.at("password");
}

function isAboutField(problem: Problem | null): boolean {
  return (
    passwordTrouble(problem) !== undefined || Boolean(problem?.at("email") ?? problem?.at("name"))
  );
}
