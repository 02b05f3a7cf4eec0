import { Button, ButtonLink } from "../ui/button";
import { Empty } from "../ui/page-header";

/** A config to start from: one reference of each form, and one that is none. */
export const EXAMPLE = `{
  "name": "OpenAI GPT",
  "api_endpoint": "https://api.openai.example/v1",
  "api_key": "$SECRET/OPENAI_API_KEY",
  "headers": {
    "Authorization": "Basic {{Secrets.JIRA_TOKEN}}",
    "X-Region": "{{Secrets.REGION:-eu-west-1}}",
    "X-Signature": "v1=<<Secrets.SIGNING_KEY>>"
  },
  "fallback_key": "$SECRTE/OPENAI_API_KEY"
}
`;

interface IntroProps {
  /** Puts the example into the field; left out where that would replace something. */
  onExample: (() => void) | undefined;
}

/** What stands where the report will be. */
export function Intro({ onExample }: IntroProps) {
  return (
    <div className="mt-8">
      <Empty
        title="Nothing checked yet"
        actions={
          <Button disabled={onExample === undefined} onClick={onExample}>
            Insert an example
          </Button>
        }
      >
        Paste the config of a service and see which of its references would resolve, which would
        not, and why. Only names and rules are looked at: no value is opened, and none is shown.
      </Empty>
    </div>
  );
}

/** What stands where the form would be. */
export function NoServices({ environment, canMake }: { environment: string; canMake: boolean }) {
  return (
    <Empty
      title={`No services in ${environment} yet`}
      actions={
        canMake ? (
          <ButtonLink tone="primary" href={`/e/${environment}/services`}>
            Go to the services
          </ButtonLink>
        ) : null
      }
    >
      Whether a reference resolves depends on the rules of the service that asks.{" "}
      {canMake ? "Make a service first, then check configs here." : "Ask an admin to make one."}
    </Empty>
  );
}
