import type { Metadata } from "next";
import { AuthCard } from "../../components/auth/auth-card";
import { SetupForm } from "../../components/auth/setup-form";
import { SetupDone } from "../../components/auth/setup-notes";
import { vaultOfProcess } from "../console";

export const metadata: Metadata = { title: "Set up" };

export default async function Setup() {
  const needsSetup = await vaultOfProcess().people.needsSetup();
  return (
    <AuthCard title={needsSetup ? "Set up Coffer" : "Coffer is set up"}>
      {needsSetup ? <SetupForm /> : <SetupDone />}
    </AuthCard>
  );
}
