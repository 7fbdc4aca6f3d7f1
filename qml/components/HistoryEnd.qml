// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Below what was found: that more of it did not come, or does not come by scrolling.
Item {
    id: end

    required property HistoryModel found
    readonly property bool failed: found.state === HistoryModel.Failed
    required property bool unfilled ///< there is nothing to scroll

    implicitHeight: visible ? column.implicitHeight + 24 : 0
    visible: found.count > 0 && (failed || (unfilled && found.more))

    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.margins: 16
        anchors.right: parent.right
        spacing: 8
        y: 12

        SelectableText {
            Layout.fillWidth: true
            color: Theme.dim
            horizontalAlignment: Text.AlignHCenter
            text: end.failed ? end.found.error : qsTr("There is more.")
        }

        PushButton {
            Layout.alignment: Qt.AlignHCenter
            enabled: end.found.state !== HistoryModel.Loading
            implicitHeight: 28
            text: end.failed ? qsTr("Try again") : qsTr("Show more")

            onClicked: end.failed ? end.found.retry() : end.found.loadMore()
        }
    }
}
