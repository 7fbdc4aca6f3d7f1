// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/command_line.h"
#include "commands/doctor_checks.h"
#include "commands/reach_checks.h"
#include "provider_list.h"

#include <QCoreApplication>

#include <cstdio>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *help =
    "Usage: loquat doctor [--json] [--online] [options]\n"
    "Checks everything that Loquat would use with these settings, and tells what to do about what does not\n"
    "work. Changes nothing, and may run beside a Loquat. Ends with 0 if all works, else with 1.\n"
    "\n"
    "  --json     for programs: {\"ok\", \"checks\": [{\"name\", \"state\", \"what\", \"remedy\"}]}\n"
    "  --online   ask the models' providers at their own addresses too, with the configured keys\n"
    "\n"
    "All other options are those of loquat itself, see loquat --help.\n";

int report(const QList<Finding> &findings, bool json)
{
    const QByteArray text = json ? asJson(findings) : asTable(findings);
    std::fputs(text.constData(), stdout);
    return allWork(findings) ? exitSuccess : exitFailure;
}

} // namespace

int runDoctor(const QStringList &arguments, const QHash<QString, QString> &environment)
{
    QStringList rest = arguments;
    const bool json = rest.removeAll(u"--json"_s) > 0;
    const bool online = rest.removeAll(u"--online"_s) > 0;
    auto options = parseOptions(rest, environment);
    if (!options)
        return report({{u"settings"_s, Finding::State::Bad, options.error().message, options.error().remedy}},
                      json);
    if (options->run == Options::Run::Help || options->run == Options::Run::Version) {
        std::fputs(help, stdout);
        return exitSuccess;
    }
    Config config;
    QList<Finding> findings{{u"settings"_s, Finding::State::Ok, u"can be used"_s}};
    for (const QString &note : options->notes)
        findings.append({u"settings"_s, Finding::State::Note, note});
    findings += checkConfig(*options, config);
    if (const auto providers = chooseProviders(config, *options))
        options->providers = *providers;
    else
        findings.append(
            {u"models"_s, Finding::State::Bad, providers.error().message, providers.error().remedy});
    findings += checkStart(*options, config);
    findings += checkMachine(*options);
    findings += checkJournal(*options);
    findings += checkReplica(*options);
    QList<FleetNode> nodes;
    findings += checkNodes(*options, nodes);
    ReachChecks reach(*options, config, nodes, online);
    reach.start([&](const QList<Finding> &found) { QCoreApplication::exit(report(findings + found, json)); });
    return QCoreApplication::exec();
}

} // namespace loquat
