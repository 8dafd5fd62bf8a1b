import Gateway

extension HomeTransaction {
    func questions(
        about topic: [UInt8], of resident: ResidentNumber, since day: Int64
    ) throws(GatewayError) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        try inStore {
            let statement = try RawStatement(
                database,
                "SELECT question FROM question WHERE resident = ? AND topic = ? AND day >= ?")
            try statement.bind(resident.value, at: 1)
            try statement.bind(topic, at: 2)
            try statement.bind(day, at: 3)
            try statement.forEachRow { row in found.insert(row.bytes(0)) }
        }
        return found
    }

    func keep(_ count: QuestionCount) throws(GatewayError) {
        try inStore {
            let statement = try RawStatement(
                database,
                "INSERT OR REPLACE INTO question (resident, topic, question, day) VALUES (?, ?, ?, ?)"
            )
            try statement.bind(count.resident.value, at: 1)
            try statement.bind(count.topic, at: 2)
            try statement.bind(count.question, at: 3)
            try statement.bind(count.day, at: 4)
            try statement.run()
        }
    }
}
