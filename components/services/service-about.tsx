import type { EnvironmentInfo, ServiceInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Facts } from "../ui/page-header";
import { coversEverything, demandsInWords, isHeldBack, ruleInWords } from "./words";

interface ServiceAboutProps {
  service: ServiceInfo;
  environment: EnvironmentInfo;
}

/** What a service may do, in words, and what is known of it. */
export function ServiceAbout({ service, environment }: ServiceAboutProps) {
  return (
    <div className="rounded-md border">
      <div className="border-b px-4 py-3">
        {service.description ? (
          <p className="mb-3 break-words whitespace-pre-line">{service.description}</p>
        ) : null}
        {service.rules.length === 0 ? (
          <p className="text-muted">It may do nothing yet. Edit it to give it a rule.</p>
        ) : (
          <ul aria-label="Rules" className="flex flex-col gap-1">
            {service.rules.map((rule, index) => (
              <li key={index} className="break-words">
                <span className="block first-letter:uppercase">{ruleInWords(rule)}</span>
                {isHeldBack(rule, environment) ? (
                  <span className="block text-small text-muted">
                    Writing is refused now: {environment.slug} is protected, and this rule does not
                    allow it there.
                  </span>
                ) : null}
                {coversEverything(rule) ? (
                  <span className="block text-small text-soon-text">
                    That is every secret in {service.environment}, also those made later.
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        )}
        {service.demands.length > 0 ? <p className="mt-3">{demandsInWords(service)}</p> : null}
      </div>
      <div className="px-4 py-3">
        <Facts facts={factsOf(service)} />
      </div>
    </div>
  );
}

function factsOf(service: ServiceInfo) {
  return [
    {
      label: "Created",
      value: (
        <>
          <Ago at={service.createdAt} /> <span className="text-muted">by {service.createdBy}</span>
        </>
      ),
    },
    {
      label: "Last used",
      value: service.lastUsedAt ? (
        <Ago at={service.lastUsedAt} />
      ) : (
        <span className="text-muted">not yet</span>
      ),
    },
    {
      label: "From",
      value:
        service.allowedCidrs.length > 0 ? (
          <span className="mono">{service.allowedCidrs.join(", ")}</span>
        ) : (
          "any address"
        ),
    },
  ];
}
