import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "../../components/auth/auth-card";
import { sameSitePath } from "../../components/auth/same-site";
import { SignInForm } from "../../components/auth/sign-in-form";
import { callerOfRequest, vaultOfProcess } from "../console";

export const metadata: Metadata = { title: "Sign in" };

interface SignInProps {
  searchParams: Promise<{ next?: string | string[] }>;
}

export default async function SignIn({ searchParams }: SignInProps) {
  if (await vaultOfProcess().people.needsSetup()) redirect("/setup");
  const next = sameSitePath((await searchParams).next);
  if (await callerOfRequest()) redirect(next);
  return (
    <AuthCard title="Sign in">
      <SignInForm next={next} />
    </AuthCard>
  );
}
