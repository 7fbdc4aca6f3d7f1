// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/metrics_model.h"

#include "models/format.h"

#include <algorithm>
#include <array>
#include <optional>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

using Reading = std::optional<double>;

struct Figure
{
    const char *title;
    const char *kind;
    Reading (*read)(const BackendStatus &status);
    QString (*say)(double value);
};

QString asCount(double value)
{
    return format::count(qint64(value));
}

QString asTime(double value)
{
    return format::duration(qint64(value));
}

Reading readingOf(const std::optional<qint64> &value)
{
    return value ? Reading(double(*value)) : std::nullopt;
}

constexpr std::array figures{
    Figure{"Tokens per second", "accent",
           [](const BackendStatus &status) { return Reading(status.tokensPerSecond); }, format::rate},
    Figure{"Replies being written", "ok",
           [](const BackendStatus &status) { return Reading(status.streamingSessions); }, asCount},
    Figure{"Sessions open on this node", "ok",
           [](const BackendStatus &status) { return Reading(status.openSessions); }, asCount},
    Figure{"First token, p50", "info",
           [](const BackendStatus &status) { return readingOf(status.ttftP50Ms); }, asTime},
    Figure{"First token, p99", "info",
           [](const BackendStatus &status) { return readingOf(status.ttftP99Ms); }, asTime},
    Figure{"Events waiting to be copied", "warn",
           [](const BackendStatus &status) {
               const bool copies = status.store != BackendStatus::Store::JournalOnly;
               return copies ? Reading(double(status.storeQueued)) : std::nullopt;
           },
           asCount},
};

} // namespace

void MetricsModel::show(const BackendStatus &status)
{
    const bool wasAway = isAway();
    m_status = status;
    m_status.nodes.clear(); // they are much, and of no figure
    if (wasAway != isAway())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {ValueRole});
}

void MetricsModel::sample()
{
    if (m_status.address.isEmpty() || isAway())
        return;
    if (m_samples.size() == longest)
        m_samples.removeFirst();
    m_samples.append(m_status);
    Q_EMIT dataChanged(index(0), index(rowCount() - 1), {ValueRole, PeakRole, PointsRole});
    Q_EMIT changed();
}

int MetricsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(figures.size());
}

QVariant MetricsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Figure &figure = figures.at(size_t(index.row()));
    QList<double> points;
    if (role == PeakRole || role == PointsRole)
        for (const BackendStatus &sample : m_samples)
            if (const Reading reading = figure.read(sample))
                points.append(*reading);
    switch (role) {
    case TitleRole:
        return QString::fromLatin1(figure.title);
    case KindRole:
        return QString::fromLatin1(figure.kind);
    case ValueRole: {
        const Reading now = m_samples.isEmpty() || isAway() ? std::nullopt : figure.read(m_samples.last());
        return now ? figure.say(*now) : format::unknown;
    }
    case PeakRole:
        return points.isEmpty() ? QString() : u"peak "_s + figure.say(*std::ranges::max_element(points));
    case PointsRole:
        return QVariant::fromValue(points);
    default:
        return {};
    }
}

QHash<int, QByteArray> MetricsModel::roleNames() const
{
    return {{TitleRole, "title"},
            {ValueRole, "value"},
            {PeakRole, "peak"},
            {PointsRole, "points"},
            {KindRole, "kind"}};
}

QString MetricsModel::span() const
{
    if (isEmpty())
        return {};
    const qsizetype seconds = m_samples.size();
    return seconds < 60 ? u"the last %1 s"_s.arg(seconds) : u"the last %1 min"_s.arg(seconds / 60);
}

} // namespace loquat
