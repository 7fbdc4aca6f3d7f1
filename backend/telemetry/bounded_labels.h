// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMutex>
#include <QSet>
#include <QString>

#include <string>

namespace loquat {

/// Keeps a label's values to a number, since every one of them is a series that lives as long as the process,
/// and models may call tools what they like: whatever is beyond is "other". Thread-safe.
class BoundedLabels
{
public:
    explicit BoundedLabels(qsizetype most)
        : m_most(most)
    {
    }

    std::string of(const QString &value)
    {
        const QMutexLocker lock(&m_mutex);
        if (!m_known.contains(value)) {
            if (m_known.size() >= m_most)
                return "other";
            m_known.insert(value);
        }
        return value.left(maxLength).toStdString();
    }

private:
    static constexpr qsizetype maxLength = 100;

    const qsizetype m_most;
    QMutex m_mutex;
    QSet<QString> m_known;
};

} // namespace loquat
