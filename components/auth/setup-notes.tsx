import { ButtonLink } from "../ui/button";
import { Notice } from "../ui/notice";

/** For who came without the link. */
export function NoLink() {
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

/** For who came with a link that is too old. */
export function ExpiredLink() {
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
