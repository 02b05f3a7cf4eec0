import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "../../components/auth/auth-card";
import { TwoStepForm } from "../../components/auth/two-step-form";
import { openConsole, TWO_STEP } from "../console";

export const metadata: Metadata = { title: "Second factor" };

export default async function TwoStep() {
  const { caller } = await openConsole(TWO_STEP);
  if (!caller.owesTwoStep) redirect("/");
  return (
    <AuthCard title="Set up a second factor">
      <TwoStepForm />
    </AuthCard>
  );
}
