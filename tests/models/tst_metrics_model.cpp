// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/metrics_model.h"

#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

BackendStatus busy(double rate)
{
    BackendStatus status;
    status.address = u"ws://127.0.0.1:8000"_s;
    status.tokensPerSecond = rate;
    status.openSessions = 3;
    return status;
}

QVariant at(const MetricsModel &model, const QString &title, int role)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row).data(MetricsModel::TitleRole) == title)
            return model.index(row).data(role);
    return {};
}

} // namespace

/// Protects what an operator reads of how the backend has been doing: nothing made up, and nothing without
/// end.
class TestMetricsModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachSecondIsAPoint()
    {
        MetricsModel metrics;
        const QAbstractItemModelTester tester(&metrics);
        QVERIFY(metrics.isEmpty());
        for (const double rate : {100., 3'412., 62.}) {
            metrics.show(busy(rate));
            metrics.sample();
        }
        const QString rate = u"Tokens per second"_s;
        QCOMPARE(at(metrics, rate, MetricsModel::ValueRole), u"62 tok/s"_s);
        QCOMPARE(at(metrics, rate, MetricsModel::PeakRole), u"peak 3,412 tok/s"_s);
        QCOMPARE(at(metrics, rate, MetricsModel::PointsRole).value<QList<double>>(),
                 (QList<double>{100, 3'412, 62}));
        QCOMPARE(metrics.span(), u"the last 3 s"_s);
    }

    void whatNobodyToldIsNotZero()
    {
        MetricsModel metrics;
        metrics.show(busy(1));
        metrics.sample();
        for (const QString &title : {u"First token, p50"_s, u"Events waiting to be copied"_s}) {
            QCOMPARE(at(metrics, title, MetricsModel::ValueRole), u"–"_s);
            QVERIFY(at(metrics, title, MetricsModel::PointsRole).value<QList<double>>().isEmpty());
        }
        auto copying = busy(1);
        copying.store = BackendStatus::Store::InSync;
        copying.ttftP50Ms = 212;
        metrics.show(copying);
        metrics.sample();
        QCOMPARE(at(metrics, u"First token, p50"_s, MetricsModel::ValueRole), u"212 ms"_s);
        QCOMPARE(at(metrics, u"Events waiting to be copied"_s, MetricsModel::ValueRole), u"0"_s);
    }

    void ofABackendThatIsAwayNothingIsAdded()
    {
        ScriptedLink link;
        ManualClock clock;
        link.health = busy(5);
        ConsoleModel console(link, clock);
        clock.advance(std::chrono::seconds(3));
        const auto points = [&] {
            return at(*console.metrics(), u"Tokens per second"_s, MetricsModel::PointsRole)
                .value<QList<double>>()
                .size();
        };
        QCOMPARE(points(), 4);
        link.health.trouble = u"Not connected"_s;
        Q_EMIT link.statusChanged();
        clock.advance(std::chrono::seconds(3));
        QCOMPARE(points(), 4);
        QCOMPARE(at(*console.metrics(), u"Tokens per second"_s, MetricsModel::ValueRole), u"–"_s);
    }

    void theOldestPointsGo()
    {
        MetricsModel metrics;
        for (int second = 0; second < MetricsModel::longest + 50; ++second) {
            metrics.show(busy(second));
            metrics.sample();
        }
        const auto points =
            at(metrics, u"Tokens per second"_s, MetricsModel::PointsRole).value<QList<double>>();
        QCOMPARE(points.size(), MetricsModel::longest);
        QCOMPARE(points.first(), 50);
        QCOMPARE(metrics.span(), u"the last 10 min"_s);
    }
};

QTEST_GUILESS_MAIN(TestMetricsModel)
#include "tst_metrics_model.moc"
