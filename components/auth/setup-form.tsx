"use client";

import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { send, type Problem } from "../api";
import { Button, ButtonLink } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice, Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { formText } from "./form-text";
import { signIn } from "./session";

const SHORTEST_PASSWORD = 12;

/**
 * Makes the first admin. The link's secret is in the address's fragment, which no server sees; it is taken
 * out of the address bar at once and lives in this page only.
 */
export function SetupForm() {
  const link = useRef("");
  const [hasLink, setHasLink] = useState<boolean | null>(null);
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const save = useSave();
  const { reset } = save;

  useEffect(() => {
    function take() {
      if (window.location.hash.length > 1) {
        link.current = decodeURIComponent(window.location.hash.slice(1));
        window.history.replaceState(window.history.state, "", window.location.pathname);
        reset();
      }
      setHasLink(link.current !== "");
    }
    take();
    // The link pasted over this page's own address loads nothing: only the fragment changes.
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, [reset]);

  const short = password.length < SHORTEST_PASSWORD;

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    if (save.busy || short) return;
    const form = new FormData(event.currentTarget);
    const person = {
      email: formText(form, "email").trim(),
      name: formText(form, "name").trim(),
      password,
    };
    await save.run(async () => {
      await send("POST", "/setup", { link: link.current, ...person });
      const signedIn = await signIn(person.email, password).catch(() => false);
      window.location.assign(signedIn ? "/e/default/secrets" : "/sign-in");
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
      <Field label="E-mail" error={save.problem?.at("email")}>
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
        error={save.problem?.at("name")}
      >
        {(control) => (
          <Input {...control} name="name" autoComplete="name" required maxLength={100} />
        )}
      </Field>
      <Field
        label="Password"
        hint={`At least ${String(SHORTEST_PASSWORD)} characters. A few random words do well.`}
        error={
          tried && short
            ? `${String(SHORTEST_PASSWORD - password.length)} more to go.`
            : passwordTrouble(save.problem)
        }
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            name="password"
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Trouble problem={isAboutField(save.problem) ? null : save.problem} />
      <Button type="submit" tone="primary" busy={save.busy}>
        {save.busy ? "Setting up…" : "Create admin and sign in"}
      </Button>
    </form>
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

function NoLink() {
  return (
    <div role="alert" className="flex flex-col gap-3">
      <Notice tone="soon" title="This page needs the link from the terminal">
        <p>
          When Coffer starts for the first time it prints a one-time link. Open that link, with
          everything after the # sign. To get a new one, restart Coffer and look at its terminal.
        </p>
      </Notice>
    </div>
  );
}

function ExpiredLink() {
  return (
    <div role="alert">
      <Notice tone="soon" title="This link does not work">
        <p>
          A setup link is good for an hour, works once, and is replaced by a newer one each time
          Coffer starts. Restart Coffer, and open the link that it prints on its terminal.
        </p>
      </Notice>
    </div>
  );
}

/** For a Coffer that has its first admin already. */
export function SetupDone() {
  return (
    <div className="flex flex-col items-start gap-4">
      <p className="text-muted">
        This Coffer has its first admin, so the setup link has done its work.
      </p>
      <ButtonLink href="/sign-in" tone="primary">
        Go to sign-in
      </ButtonLink>
    </div>
  );
}
