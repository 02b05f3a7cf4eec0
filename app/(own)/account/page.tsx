import type { Metadata } from "next";
import { NameForm } from "../../../components/account/name-form";
import { NoPassword } from "../../../components/account/no-password";
import { PasswordForm } from "../../../components/account/password-form";
import { Providers } from "../../../components/account/providers";
import { Sessions } from "../../../components/account/sessions";
import { TwoStep } from "../../../components/account/two-step";
import { PageHeader } from "../../../components/ui/page-header";
import { openConsole } from "../../console";

export const metadata: Metadata = { title: "Your account" };

export default async function Account() {
  const { vault, caller } = await openConsole("/account");
  const account = await vault.account.get(caller);
  return (
    <>
      <PageHeader title="Your account" />
      <NameForm account={account} />
      {account.hasPassword ? (
        <PasswordForm email={account.email} />
      ) : (
        <NoPassword providers={account.providers} />
      )}
      <Providers providers={vault.providers.list()} connected={account.providers} />
      <TwoStep account={account} />
      <Sessions sessions={await vault.account.sessions(caller)} />
    </>
  );
}
