import type { ReactNode } from "react";
import { Wordmark } from "../shell/wordmark";

/** The card of the pages before one is signed in: the product's name, and what this is in a sentence. */
export function AuthCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main
      tabIndex={-1}
      className="flex min-h-dvh flex-col items-center justify-center bg-rail px-4 py-10"
    >
      <div className="w-full max-w-[400px]">
        <div className="mb-4 px-1">
          <Wordmark />
          <p className="mt-1 text-muted">
            A vault for the keys that your services use. Configs hold references; values stay here.
          </p>
        </div>
        <div className="rounded-md border border-line-strong bg-raised p-5">
          <h1 className="mb-4 text-title font-strong">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  );
}
