// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QThread>

namespace loquat::bench {

void giveUp(const QString &why)
{
    std::fprintf(stderr, "bench_store: %s\n", qPrintable(why));
    std::exit(1);
}

} // namespace loquat::bench

int main(int argc, char **argv)
{
    using namespace loquat::bench;
    QCoreApplication app(argc, argv);
    QCommandLineParser options;
    options.setApplicationDescription(QStringLiteral("Measures the journal and the replica."));
    options.addHelpOption();
    options.addPositionalArgument(QStringLiteral("part"),
                                  QStringLiteral("journal, replica, opening, search; all without."));
    const auto number = [&](const QString &name, const QString &what, qint64 standard) {
        const QCommandLineOption option(name, what, QStringLiteral("number"), QString::number(standard));
        options.addOption(option);
        return option;
    };
    const Amount standard;
    const auto rounds =
        number(QStringLiteral("rounds"), QStringLiteral("The median of so many."), standard.rounds);
    const auto events = number(QStringLiteral("events"), QStringLiteral("Events a round."), standard.events);
    const auto stored =
        number(QStringLiteral("stored"), QStringLiteral("Events in the journal that is opened, or searched."),
               standard.storedEvents);
    options.process(app);
    const Amount amount{options.value(rounds).toInt(), options.value(events).toLongLong(),
                        options.value(stored).toLongLong()};

    QFile load(QStringLiteral("/proc/loadavg"));
    const QByteArray before =
        load.open(QIODevice::ReadOnly) ? load.readLine().trimmed() : QByteArray("unknown");
    std::printf("%d cores, load before %s; medians of %d rounds\n\n", QThread::idealThreadCount(),
                before.constData(), amount.rounds);
    const auto wanted = options.positionalArguments();
    const auto want = [&](const char *part) {
        return wanted.isEmpty() || wanted.contains(QLatin1StringView(part));
    };
    if (want("journal"))
        benchJournal(amount);
    if (want("replica"))
        benchReplica(amount);
    if (want("opening"))
        benchOpening(amount);
    if (want("search"))
        benchSearch(amount);
    return 0;
}
