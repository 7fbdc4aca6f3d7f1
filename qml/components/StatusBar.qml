// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Always says: where clients connect, how much is live, how fast, and how model and store are.
Rectangle {
    id: bar

    required property NodesModel nodes
    required property StatusModel status

    color: Theme.panel
    implicitHeight: 30

    Rectangle {
        color: Theme.line
        height: 1
        width: parent.width
    }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 15
        anchors.rightMargin: 14
        spacing: 18

        StatusDot { kind: bar.status.listening ? "ok" : "bad" }

        SelectableText {
            font.family: Theme.mono
            font.pixelSize: Theme.code
            text: bar.status.address
            wrapMode: TextEdit.NoWrap
        }

        StatusText { text: bar.status.sessions }

        StatusText {
            color: Theme.ofKind(bar.nodes.summaryKind)
            text: bar.nodes.summary
            visible: bar.nodes.shown && (bar.width > 900 || bar.nodes.summaryKind !== "dim")
        }

        StatusText {
            text: bar.status.rate
            visible: bar.width > 760
        }

        StatusText {
            Layout.fillWidth: true
            text: bar.status.firstToken
        }

        StatusHealth {
            detail: bar.status.modelDetail
            kind: bar.status.modelKind
            name: bar.status.modelName
            title: qsTr("Model")
            word: bar.status.modelWord
        }

        StatusHealth {
            detail: bar.status.storeDetail
            extra: bar.status.queued
            kind: bar.status.storeKind
            name: ""
            title: bar.status.storeName
            word: bar.status.storeWord
        }
    }
}
