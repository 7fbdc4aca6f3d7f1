// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Always says: where clients connect, how much is live, how fast, and how model and store are.
Rectangle {
    id: bar

    readonly property int gap: 18
    required property NodesModel nodes
    /// What is left once model, store, sessions and most addresses have their room. It is given to the rest in
    /// this order: nodes in trouble, first token, rate, nodes, queue.
    readonly property real spare: width - 37 - 5 * gap - Math.min(address.implicitWidth, 150) - sessions.implicitWidth - model.implicitWidth - store.implicitWidth
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
        spacing: bar.gap

        StatusDot { kind: bar.status.listening ? "ok" : "bad" }

        CutText {
            id: address

            Layout.fillWidth: true
            Layout.maximumWidth: Math.ceil(implicitWidth)
            Layout.minimumWidth: 0
            text: bar.status.address
        }

        StatusText {
            id: sessions

            text: bar.status.sessions
        }

        StatusText {
            id: nodes

            readonly property real room: bar.nodes.shown ? implicitWidth + bar.gap : 0
            readonly property real urgent: bar.nodes.summaryKind !== "dim" ? room : 0

            color: Theme.ofKind(bar.nodes.summaryKind)
            text: bar.nodes.summary
            visible: room > 0 && bar.spare >= room + (urgent > 0 ? 0 : firstToken.needs + rate.needs)
        }

        StatusText {
            id: rate

            readonly property real needs: implicitWidth + bar.gap

            text: bar.status.rate
            visible: bar.spare >= nodes.urgent + firstToken.needs + needs
        }

        StatusText {
            id: firstToken

            readonly property real needs: implicitWidth + bar.gap

            text: bar.status.firstToken
            visible: bar.spare >= nodes.urgent + needs
        }

        Item { Layout.fillWidth: true }

        StatusHealth {
            id: model

            detail: bar.status.modelDetail
            kind: bar.status.modelKind
            name: bar.status.modelName
            title: qsTr("Model")
            word: bar.status.modelWord
        }

        StatusHealth {
            id: store

            detail: bar.status.storeDetail
            kind: bar.status.storeKind
            name: ""
            title: bar.status.storeName
            word: bar.status.storeWord
        }

        StatusText {
            id: queued

            Layout.leftMargin: 5 - bar.gap // belongs to the store
            text: "· " + bar.status.queued
            visible: bar.status.queued.length > 0 && bar.spare >= nodes.room + rate.needs + firstToken.needs + implicitWidth + 5
        }
    }
}
