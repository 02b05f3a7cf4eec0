import type { Metadata } from "next";
import { AuthCard } from "../../components/auth/auth-card";
import { JoinForm } from "../../components/auth/join-form";

export const metadata: Metadata = { title: "Choose a password" };

export default function Join() {
  return (
    <AuthCard title="Choose your password">
      <JoinForm />
    </AuthCard>
  );
}
