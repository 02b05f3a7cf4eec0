"use client";

import { Failure } from "../components/shell/failure";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main tabIndex={-1}>
      <Failure error={error} retry={retry} />
    </main>
  );
}
