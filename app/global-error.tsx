"use client";

import "./globals.css";
import { Failure } from "../components/shell/failure";

/** When the root layout itself failed: a whole document of its own. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something failed · Coffer</title>
        <main tabIndex={-1}>
          <Failure error={error} retry={retry} />
        </main>
      </body>
    </html>
  );
}
