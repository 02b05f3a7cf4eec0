import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Clock } from "../components/ui/clock";
import { Tips } from "../components/ui/tips";
import { Toasts } from "../components/ui/toasts";
import { themeOfRequest } from "./console";

export const metadata: Metadata = {
  title: { default: "Coffer", template: "%s · Coffer" },
  robots: { index: false, follow: false },
  referrer: "same-origin",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered for its request: a prerendered one would carry no nonces.
  await connection();
  return (
    <html lang="en" data-theme={await themeOfRequest()}>
      <body>
        <Clock now={Date.now()}>
          <Toasts>{children}</Toasts>
        </Clock>
        <Tips />
      </body>
    </html>
  );
}
