"use client";

import type { SecretInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { EditButton } from "./secret-actions";
import { useAttention } from "./use-attention";

interface AttentionNoticesProps {
  secret: SecretInfo;
  canEdit: boolean;
}

/**
 * On a secret's page: that it does not resolve because it has expired, and that its rotation is overdue, unless it is
 * to be rotated anyway because its value was lost.
 */
export function AttentionNotices({ secret, canEdit }: AttentionNoticesProps) {
  const asking = useAttention(secret);
  const { expiresAt, rotateDueAt } = secret;
  return (
    <>
      {expiresAt && asking.includes("expired") ? (
        <div className="mb-4">
          <Notice
            title="It has expired, and does not resolve"
            tone="danger"
            actions={canEdit ? <EditButton secret={secret} label="Change the expiry" /> : null}
          >
            It expired <Ago at={expiresAt} />. Since then configs that refer to it get no value
            (422, <span className="mono">expired</span>). Give it a later expiry, or none, and they
            do again; a new value alone does not change that.
          </Notice>
        </div>
      ) : null}
      {rotateDueAt && asking.includes("overdue") && secret.unreadable !== "lost" ? (
        <div className="mb-4">
          <Notice title="Its rotation is overdue" tone="soon">
            It was due <Ago at={rotateDueAt} />.{" "}
            {asking.includes("expired") ? "" : "The value still resolves. "}
            Make a new one where it comes from, and rotate; the days count anew from then.
          </Notice>
        </div>
      ) : null}
    </>
  );
}
