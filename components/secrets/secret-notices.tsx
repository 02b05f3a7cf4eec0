import type { SecretInfo } from "../../lib/shapes";
import { Notice } from "../ui/notice";
import type { Permissions } from "./permissions";
import { TrashedActions } from "./secret-actions";

/** What must be known about a secret before anything else on its page. */
export function SecretNotices({ secret, can }: { secret: SecretInfo; can: Permissions }) {
  if (secret.state === "trashed") {
    return (
      <div className="mb-4">
        <Notice
          title="In the trash"
          tone="soon"
          actions={<TrashedActions secret={secret} can={can} />}
        >
          Configs that refer to it do not resolve (422). Restore it and they do again; purge it and
          it is gone for good.
        </Notice>
      </div>
    );
  }
  if (secret.state === "unreadable") {
    return (
      <div className="mb-4">
        <Notice title="Its value can't be opened" tone="danger">
          The key that sealed it is not the one that Coffer has. Configs that refer to it do not
          resolve until it is rotated to a new value.
        </Notice>
      </div>
    );
  }
  return null;
}
