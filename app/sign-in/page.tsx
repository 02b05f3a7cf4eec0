import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthCard } from "../../components/auth/auth-card";
import { ProviderButtons } from "../../components/auth/provider-buttons";
import { ProviderTrouble } from "../../components/auth/provider-trouble";
import { sameSitePath } from "../../components/auth/same-site";
import { SignInForm } from "../../components/auth/sign-in-form";
import { ButtonLink } from "../../components/ui/button";
import { callerOfRequest, vaultOfProcess } from "../console";

export const metadata: Metadata = { title: "Sign in" };

type Parameter = string | string[] | undefined;

interface SignInProps {
  searchParams: Promise<{ next?: Parameter; error?: Parameter; by?: Parameter }>;
}

export default async function SignIn({ searchParams }: SignInProps) {
  const vault = vaultOfProcess();
  if (await vault.people.needsSetup()) redirect("/setup");
  const { next: wanted, error, by } = await searchParams;
  const next = sameSitePath(wanted);
  const providers = vault.providers.list();
  const provider = providers.find(({ id }) => id === by)?.name ?? "The provider";
  const trouble =
    typeof error === "string" ? <ProviderTrouble code={error} provider={provider} /> : null;
  if (await callerOfRequest()) {
    if (!trouble) redirect(next);
    return (
      <AuthCard title={`Not signed in with ${provider}`}>
        {trouble}
        <p className="mb-4 text-muted">You are still signed in as before.</p>
        <ButtonLink href={next}>Go back</ButtonLink>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Sign in">
      {trouble}
      <SignInForm next={next} />
      {providers.length > 0 ? <ProviderButtons providers={providers} next={next} /> : null}
    </AuthCard>
  );
}
