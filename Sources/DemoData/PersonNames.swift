import ResidentModel

/// Names of people, put together from lists; frequent ones stand first.
enum PersonNames {
    static let families = texts(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    )

    static func han(
        sex: Sex, birthYear: Int, family: String? = nil, random: inout TownRandom
    ) -> PersonName {
        let cohort = birthYear < 1965 ? 0 : birthYear < 1990 ? 1 : birthYear < 2008 ? 2 : 3
        let pool = sex == .male ? male[cohort] : female[cohort]
        let first = random.pickEarly(pool)
        let second =
            random.hits(perMille: [150, 330, 280, 60][cohort]) ? "" : random.pickEarly(pool)
        return PersonName(family: family ?? random.pickEarly(families), given: first + second)
    }

    /// Ethnic groups (GB/T 3304) whose names come from other languages: Uygur, Tibetan, Mongol.
    static let minorities = ["05", "05", "05", "05", "05", "04", "04", "04", "02", "02"]

    /// A name from the language of one of ``minorities``.
    static func minority(_ ethnicity: String, sex: Sex, random: inout TownRandom) -> PersonName {
        let isMale = sex == .male
        var name =
            switch ethnicity {
            case "05":
                PersonName(
                    family: random.pick(isMale ? uygurMale : uygurFemale),
                    given: random.pick(uygurMale), dot: "·")
            case "04":
                PersonName(
                    family: random.pick(tibetanFirst),
                    given: random.pick(isMale ? tibetanMale : tibetanFemale))
            default:
                PersonName(
                    family: random.pick(mongolFirst),
                    given: random.pick(isMale ? mongolMale : mongolFemale))
            }
        name.hasFamilyName = false
        return name
    }

    /// Characters that clerks write for each other: the same sound, or nearly the same shape.
    static let confusions: [Character: [Character]] = {
        var table: [Character: [Character]] = [:]
        let groups = [
            "萧肖", "傅付", "阎闫", "丽莉立", "芳方", "华花", "伟玮炜", "军君钧", "英瑛", "玲铃", "峰锋", "辉晖", "涛滔", "燕艳",
            "静靖", "娟捐", "晓小", "琴芹", "萍平", "梅枚", "霞夏", "秀绣", "建健", "志智", "明铭", "波博", "宇雨", "欣昕",
            "佳嘉",
            "婷停", "雪学", "浩昊", "杰洁", "俊竣", "晨辰", "琳林", "子梓", "涵函", "怡宜", "余于",
        ]
        for group in groups {
            for character in group { table[character] = group.filter { $0 != character } }
        }
        return table
    }()

    private static let male = [
        texts("国建德明文志永福荣贵生林根长海春金忠义清成光树庆全宝才财兴旺山田水富善良宗昌仁学世家正守"),
        texts("伟军强勇建国志明刚平辉涛华斌波峰林海东超俊卫红文新永利民亮健宁旭光雷磊凯宏毅江"),
        texts("浩宇杰鑫磊洋鹏超俊凯帆旭阳晨博文天嘉飞航健志豪明轩泽威震翔坤彬诚"),
        texts("梓轩宇浩子泽沐辰奕睿一诺博俊皓铭宸嘉恩承昊涵然瑞航煜霖彦逸"),
    ]
    private static let female = [
        texts("秀英兰桂玉珍凤芳梅淑华素云翠琴香莲金月霞秋菊巧爱银花美惠清彩春"),
        texts("丽敏静艳娟霞红燕芳英玲萍梅娜晓雪颖慧莉春洁琳蓉蕾薇云群芬莹"),
        texts("婷雪佳欣怡静悦娜倩琳梦丹璐莹雅晶思慧颖文雨洁佩瑶薇媛琪芸"),
        texts("梓欣涵妍诺一可馨子怡语汐诗若萱雨悦思琪玥沐瑶桐依晴彤"),
    ]
    private static let uygurMale = [
        "买买提", "艾尔肯", "吐尔逊", "阿不都拉", "玉素甫", "依明", "库尔班", "卡德尔", "亚森", "热合曼", "沙吾提", "托合提",
    ]
    private static let uygurFemale = [
        "古丽娜尔", "帕提古丽", "阿依古丽", "热依汗", "迪丽努尔", "阿米娜", "祖丽菲亚", "帕丽达",
    ]
    private static let tibetanFirst = ["扎西", "次仁", "丹增", "洛桑", "尼玛", "达娃", "格桑", "索朗"]
    private static let tibetanMale = ["多吉", "平措", "旺堆", "顿珠", "罗布"]
    private static let tibetanFemale = ["卓玛", "央金", "拉姆", "曲珍", "德吉"]
    private static let mongolFirst = ["乌云", "斯琴", "萨仁", "孟和", "娜仁", "宝音", "苏日"]
    private static let mongolMale = ["巴图", "朝鲁", "巴雅尔", "毕力格"]
    private static let mongolFemale = ["其其格", "高娃", "托娅", "塔娜"]

    private static func texts(_ characters: String) -> [String] { characters.map { String($0) } }
}
