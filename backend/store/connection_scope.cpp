// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/connection_scope.h"

#include <atomic>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QString uniqueName()
{
    static std::atomic<quint64> serial = 0;
    return u"loquat-%1"_s.arg(++serial);
}

} // namespace

ConnectionScope::ConnectionScope(const QString &driver)
    : m_db(QSqlDatabase::addDatabase(driver, uniqueName()))
{
}

ConnectionScope::~ConnectionScope()
{
    const QString name = m_db.connectionName();
    m_db.close();
    m_db = {};
    QSqlDatabase::removeDatabase(name);
}

} // namespace loquat
