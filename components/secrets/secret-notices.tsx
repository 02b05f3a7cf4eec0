import type { SecretInfo } from "../../lib/shapes";
import { leakedUrl } from "../incidents/incident-url";
import { ButtonLink } from "../ui/button";
import { Notice } from "../ui/notice";
import { AttentionNotices } from "./attention-notices";
import type { Permissions } from "./permissions";
import { PurgeTime } from "./purge-time";
import { PurgeButton, RotateButton, TrashedActions } from "./secret-actions";

/** What must be known about a secret before anything else on its page. */
export function SecretNotices({ secret, can }: { secret: SecretInfo; can: Permissions }) {
  if (secret.state === "trashed") {
    return (
      <div className="mb-4">
        <Notice
          title="In the trash"
          tone="soon"
          actions={
            <>
              <TrashedActions secret={secret} can={can} />
              {can.handleIncidents ? (
                <ButtonLink href={leakedUrl(secret.environment, secret.name)} tone="quiet">
                  Leaked?
                </ButtonLink>
              ) : null}
            </>
          }
        >
          Configs that refer to it do not resolve (422). Restore it and they do again; purge it and
          it is gone for good.
          {secret.purgeAt ? (
            <>
              {" "}
              It is purged for good <PurgeTime at={secret.purgeAt} />.
            </>
          ) : null}
        </Notice>
      </div>
    );
  }
  if (secret.unreadable === "lost") {
    return (
      <>
        <div className="mb-4">
          <Notice
            title="Its value was lost with the key"
            tone="danger"
            actions={can.rotate ? <RotateButton secret={secret} /> : null}
          >
            Configs that refer to it do not resolve (422). Rotate to give it a new value: they
            resolve again at once, unless it has expired. The value that was can&apos;t be brought
            back.
          </Notice>
        </div>
        <AttentionNotices secret={secret} canEdit={can.describe} />
      </>
    );
  }
  if (secret.unreadable === "tampered") {
    return (
      <div className="mb-4">
        <Notice
          title="It is not as Coffer wrote it"
          tone="danger"
          actions={can.purge ? <PurgeButton secret={secret} /> : null}
        >
          Something other than Coffer changed it in the database. Configs that refer to it do not
          resolve (422), and it can&apos;t be rotated. Purge it and make it anew with a new value,
          or restore the database from a backup.
        </Notice>
      </div>
    );
  }
  return <AttentionNotices secret={secret} canEdit={can.describe} />;
}
